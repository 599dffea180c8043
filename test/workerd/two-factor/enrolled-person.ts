import { generate } from "otplib";
import { expect, vi } from "vitest";
import { z } from "zod";
import { call, logIn, type Person, registerPerson, signIn } from "../../support/accounts.ts";
import { database } from "../../support/world.ts";

const STEP_MS = 30_000;

/** Stops the clock at the beginning of a time step, close to the real time. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / STEP_MS) * STEP_MS });
}

export function passSteps(count: number): void {
  vi.setSystemTime(Date.now() + count * STEP_MS);
}

/** What the app shows now, or `steps` later. */
export async function codeOf(secret: string, steps = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor((Date.now() + steps * STEP_MS) / 1_000) });
}

/** Six digits that are the code of no step near now. */
export async function wrongCode(secret: string): Promise<string> {
  const near = await Promise.all([-2, -1, 0, 1, 2].map(async (steps) => codeOf(secret, steps)));
  return (
    ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !near.includes(code)) ?? ""
  );
}

export interface Enrolled extends Person {
  token: string;
  secret: string;
}

export const Setup = z.object({
  secret: z.string(),
  otpauth_uri: z.string(),
  qr_svg: z.string(),
  qr_png: z.string(),
});

export async function setUp(token: string): Promise<z.infer<typeof Setup>> {
  const response = await call("POST", "/auth/2fa/setup", { token });
  expect(response.status).toBe(200);
  return Setup.parse(await response.json());
}

/** Somebody whose second factor is on; the code of this step is spent. */
export async function enrolPerson(person?: Person): Promise<Enrolled> {
  const known = person ?? (await registerPerson());
  const { access_token: token } = await signIn(known);
  const { secret } = await setUp(token);
  const body = { code: await codeOf(secret) };
  const response = await call("POST", "/auth/2fa/verify", { token, body, address: known.address });
  expect(response.status).toBe(200);
  return { ...known, token, secret };
}

/** Signs in as far as the second step. */
export async function beginSignIn(person: Person): Promise<string> {
  const response = await logIn(person);
  expect(response.status).toBe(200);
  const body = z
    .object({ mfa_required: z.literal(true), mfa_token: z.string() })
    .parse(await response.json());
  return body.mfa_token;
}

export async function createBackupCodes(person: Enrolled): Promise<string[]> {
  const body = { code: await codeOf(person.secret) };
  const { token, address } = person;
  const response = await call("POST", "/auth/backup-codes", { token, address, body });
  expect(response.status).toBe(200);
  return z.object({ codes: z.array(z.string()) }).parse(await response.json()).codes;
}

export async function codeAnswered(response: Response): Promise<string> {
  return z.object({ code: z.string() }).parse(await response.json()).code;
}

/** In order, whichever answer came first. */
export function statusesOf(answers: Response[]): number[] {
  return answers.map(({ status }) => status).sort((one, other) => one - other);
}

const Recorded = z.array(z.object({ action: z.string(), details: z.record(z.string(), z.unknown()) }));

/** What the audit of an organisation holds, chained or waiting to be, in order of time. */
export async function auditOf(organisationId: string): Promise<z.infer<typeof Recorded>> {
  const rows = await database().query(
    `select action, details from (
       select id, record->>'action' as action, record->'details' as details from audit_outbox where organisation_id = $1
       union select id, action, details from audit_logs where organisation_id = $1) both_places order by id`,
    [organisationId],
  );
  return Recorded.parse(rows);
}

export async function actionsOf(organisationId: string): Promise<string[]> {
  return (await auditOf(organisationId)).map(({ action }) => action);
}

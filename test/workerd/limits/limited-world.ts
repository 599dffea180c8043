import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Plan } from "../../../src/domain/accounts/principal.ts";
import worker from "../../../src/worker.ts";
import { database, mintKey, send } from "../../support/world.ts";

export interface LimitedWorld {
  organisationId: string;
  key: string;
  /** With this world's key, unless the headers say otherwise. */
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
}

/** An organisation on this plan, past its first week unless `ageDays` says otherwise. */
export async function mintLimited(plan: Plan, ageDays = 30): Promise<LimitedWorld> {
  const organisationId = `org_${crypto.randomUUID()}`;
  await database().query("insert into organisations (id, name, plan, created_at) values ($1, $2, $3, $4)", [
    organisationId,
    "limits",
    plan,
    new Date(Date.now() - ageDays * 86_400_000).toISOString(),
  ]);
  const key = await mintKey(organisationId);
  return {
    organisationId,
    key,
    get: async (path, headers = {}) =>
      send(
        new Request(`https://api.test${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } }),
      ),
  };
}

/** An isolate of its own, with these bindings and settings changed. */
export function newIsolate(changes: Partial<Env> = {}): Env {
  return { ...env, ...changes };
}

export async function sendTo(isolate: Env, request: Request): Promise<Response> {
  const context = createExecutionContext();
  const response = await worker.fetch(request, isolate, context);
  await waitOnExecutionContext(context);
  return response;
}

/** The value of `r`, `t`, `q` or `w` of the first item of a field. */
export function parameter(response: Response, field: string, name: string): number {
  const text = response.headers.get(field) ?? "";
  expect(text).toMatch(/^"[a-z_]+"(?:;[a-z]=\d+)+(?:,"[a-z_]+"(?:;[a-z]=\d+)+)*$/);
  return Number(new RegExp(`;${name}=(\\d+)`).exec(text)?.[1]);
}

import { expect } from "vitest";
import { z } from "zod";
import { mintAddress, send } from "./world.ts";

export const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number(),
});
export type Tokens = z.infer<typeof Tokens>;

const Registered = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  organisation: z.object({ id: z.string(), name: z.string() }),
  note: z.string(),
});

export interface Person {
  userId: string;
  organisationId: string;
  email: string;
  password: string;
  /** Where this person usually is: attempts are counted by it. */
  address: string;
}

export function mintEmail(): string {
  return `p${crypto.randomUUID().slice(0, 13)}@example.test`;
}

/** A request to the API, as JSON, from an address of its own unless one is given. */
export async function call(
  method: string,
  path: string,
  options: { body?: unknown; token?: string; address?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = new Headers({ "cf-connecting-ip": options.address ?? mintAddress(), ...options.headers });
  if (options.token !== undefined) headers.set("authorization", `Bearer ${options.token}`);
  if (options.body !== undefined) headers.set("content-type", "application/json");
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  return send(new Request(`https://api.test/api/v2${path}`, { method, headers, ...body }));
}

/** An organisation of this test's own and its owner. */
export async function registerPerson(
  known: Partial<Pick<Person, "email" | "password">> = {},
): Promise<Person> {
  const { email = mintEmail(), password = `phare ${crypto.randomUUID()}` } = known;
  const address = mintAddress();
  const body = { organisation: "Atelier des Tests", name: "Marie Petit", email, password };
  const response = await call("POST", "/auth/register", { body, address });
  expect(response.status).toBe(201);
  const { user, organisation } = Registered.parse(await response.json());
  return { userId: user.id, organisationId: organisation.id, email, password, address };
}

/** Signs in from where the person usually is, unless told otherwise. */
export async function logIn(person: Person, given: Partial<Person> = {}): Promise<Response> {
  const { email, password, address } = { ...person, ...given };
  return call("POST", "/auth/login", { body: { email, password }, address });
}

export async function signIn(person: Person, given: Partial<Person> = {}): Promise<Tokens> {
  const response = await logIn(person, given);
  expect(response.status).toBe(200);
  return Tokens.parse(await response.json());
}

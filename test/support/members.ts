import { env } from "cloudflare:workers";
import type { Plan, Role } from "../../src/domain/accounts/principal.ts";
import { newId } from "../../src/lib/new-id.ts";
import { randomBytes } from "../../src/lib/random-bytes.ts";
import { buildServices } from "../../src/services.ts";
import { database, mintAddress, send } from "./world.ts";

export interface Member {
  organisationId: string;
  userId: string;
  sessionId: string;
  /** An access token. */
  token: string;
  /** A request as this person; `body` goes as JSON. */
  request: (method: string, path: string, body?: unknown) => Promise<Response>;
}

export async function mintOrganisation(plan: Plan = "admin"): Promise<string> {
  const id = `org_${crypto.randomUUID()}`;
  await database().query("insert into organisations (id, name, plan) values ($1, 'test', $2)", [id, plan]);
  return id;
}

/** Somebody signed in with this role: no password was ever hashed, so that many cost nothing. */
export async function mintMember(organisationId: string, role: Role): Promise<Member> {
  const now = Date.now();
  const [userId, sessionId] = [newId("usr", now, randomBytes), newId("ses", now, randomBytes)];
  await database().transaction([
    database().query("insert into users (id, email, name) values ($1, $2, 'Test')", [
      userId,
      `${userId}@example.test`,
    ]),
    database().query("insert into memberships (organisation_id, user_id, role) values ($1, $2, $3)", [
      organisationId,
      userId,
      role,
    ]),
    database().query(
      `insert into sessions (id, user_id, organisation_id, mfa, expires_at)
       values ($1, $2, $3, false, now() + interval '1 day')`,
      [sessionId, userId, organisationId],
    ),
  ]);
  const { tokens } = buildServices(env).accounts;
  const { accessToken } = await tokens.issueAccessToken({ userId, sessionId, organisationId }, now);
  const address = mintAddress();
  const request: Member["request"] = async (method, path, body) => {
    const headers = new Headers({ authorization: `Bearer ${accessToken}`, "cf-connecting-ip": address });
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return send(new Request(`https://api.test${path}`, init));
  };
  return { organisationId, userId, sessionId, token: accessToken, request };
}

/** The owner of an organisation of his own. */
export async function mintOwner(plan: Plan = "admin"): Promise<Member> {
  return mintMember(await mintOrganisation(plan), "owner");
}

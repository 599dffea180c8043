import { z } from "zod";
import { mintMember } from "../../support/members.ts";
import type { World } from "../../support/world.ts";
import { mintTestKey } from "../jobs/task-world.ts";

export type Caller = Pick<World, "request">;

export async function call(
  caller: Caller,
  method: string,
  path: string,
  { body, key, language = "fr" }: { body?: unknown; key?: string; language?: string } = {},
) {
  const headers = {
    "accept-language": language,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(key === undefined ? {} : { "idempotency-key": key }),
  };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await caller.request(`/api/v2${path}`, { method, headers, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === "" ? null : JSON.parse(text),
  };
}

/** The same organisation with another credential. */
export function withToken({ request }: World, token: string): Caller {
  return {
    request: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${token}`);
      return request(path, { ...init, headers: Object.fromEntries(headers) });
    },
  };
}

export async function withTestKey(world: World): Promise<Caller> {
  return withToken(world, await mintTestKey(world.organisationId));
}

export async function withMember(world: World, role: Parameters<typeof mintMember>[1]): Promise<Caller> {
  return withToken(world, (await mintMember(world.organisationId, role)).token);
}

const Page = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

/** Every page, one after the other: the values of `member` as they came. */
export async function allPages(caller: Caller, path: string, member: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page = Page.parse((await call(caller, "GET", `${path}${more}`)).json);
    seen.push(...page.data.map((entry) => entry[member]));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return seen;
}

export async function storeCompany({ database }: World, siren: string, name: string): Promise<void> {
  await database.query(
    `insert into companies (siren, nom_entreprise, statut, diffusion, code_naf, forme_juridique, tranche_effectif,
       chiffre_affaires, ma_score, score, facts_hash, first_seen_at, last_scraped_at)
     values ($1, $2, 'active', 'complete', '25.62B', '5710', '12', 4200000, 71, '{}', 'x', now(), now())`,
    [siren, name],
  );
}

const Logs = z.object({
  data: z.array(
    z.object({
      action: z.string(),
      resource: z.object({ kind: z.string(), id: z.string() }).nullable(),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The acts of this organisation, the first one first, as text too. */
export async function auditOf(world: World) {
  const text = await (await world.request("/api/v2/audit-logs?limit=200")).text();
  const acts = Logs.parse(JSON.parse(text)).data.toReversed();
  return { text, acts, actions: acts.map(({ action, details }) => [action, details] as const) };
}

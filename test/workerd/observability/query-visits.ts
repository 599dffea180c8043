import { Webhook } from "standardwebhooks";
import { env } from "cloudflare:workers";
import { z } from "zod";
import { type Member, mintMember } from "../../support/members.ts";
import { mintEmail, registerPerson } from "../../support/accounts.ts";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { buildServices } from "../../../src/services.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import { database, mintAddress, mintKey } from "../../support/world.ts";
import { mintExport, mintList } from "../exports/export-world.ts";
import { mintTask } from "../jobs/task-world.ts";
import { codeOf, passSteps, stopClock } from "../two-factor/enrolled-person.ts";
import { publish, startReceiver } from "../webhooks/receiver.ts";
import type { RouteWalk } from "./route-walk.ts";

/** More than three of everything, so that a query for each would show. */
const MANY = 25;
const API = "/api/v2";

/** Empty when the visit failed, so that the walk goes on and tells all that failed at its end. */
const text = (member: string) => (answer: unknown) =>
  z.looseObject({ [member]: z.string() }).safeParse(answer).data?.[member] ?? "";
const times = async (count: number, act: (at: number) => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < count; at++) await act(at);
};
const unique = (prefix: string): string =>
  `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;

export async function visitCompanies(walk: RouteWalk, siren: string): Promise<void> {
  await walk.visit(`POST ${API}/scraping/enrich`, { body: { siren }, query: "?provenance=true" });
  await walk.visit(`POST ${API}/scraping/enrich`, { body: { siren, max_age: 0 } });
  await walk.visit(`POST ${API}/scraping/enrich-async`, { body: { siren } });
  const ids = [siren];
  await walk.visit(`DELETE ${API}/companies/{siren}/cache`, { ids });
  await walk.visit(`GET ${API}/companies/{siren}`, { ids });
  await walk.visit(`GET ${API}/companies/{siren}`, { ids, query: "?provenance=true" });
  await walk.visit(`GET ${API}/companies/{siren}/score`, { ids });
  await walk.visit(`POST ${API}/scoring/calculate`, { body: { siren, nom_entreprise: "ATELIERS" } });
  await walk.visit(`GET ${API}/companies`, { query: `?score_min=1&limit=${MANY}` });
  await walk.visit(`GET ${API}/companies`, { query: "?ca_min=1000&sort=ca&departement=69" });
  await walk.visit(`GET ${API}/analytics/sectors`, { query: `?limit=${MANY}` });
}

/** Lists, notes, statuses and what changed of them. */
export async function visitPipeline(walk: RouteWalk, owner: Member, sirens: string[]): Promise<void> {
  const [siren = ""] = sirens;
  for (const one of sirens.slice(0, MANY)) {
    await walk.visit(`PUT ${API}/companies/{siren}/status`, { ids: [one], body: { status: "a_contacter" } });
  }
  await walk.visit(`GET ${API}/companies/{siren}/status`, { ids: [siren] });
  await walk.visit(`GET ${API}/pipeline`, { query: `?limit=${MANY}` });
  await walk.visit(`DELETE ${API}/companies/{siren}/status`, { ids: [siren] });
  const notes: string[] = [];
  await times(MANY, async (at) => {
    const note = await walk.visit(`POST ${API}/companies/{siren}/notes`, {
      ids: [siren],
      body: { body: `Note ${at}` },
    });
    notes.push(text("note_id")(note));
  });
  const [note = ""] = notes;
  await walk.visit(`GET ${API}/companies/{siren}/notes`, { ids: [siren], query: `?limit=${MANY}` });
  const body = { body: "Autre" };
  await walk.visit(`PATCH ${API}/companies/{siren}/notes/{note_id}`, { ids: [siren, note], body });
  await walk.visit(`DELETE ${API}/companies/{siren}/notes/{note_id}`, { ids: [siren, note] });
  await times(MANY, async () => mintList(owner, sirens));
  const made = await walk.visit(`POST ${API}/lists`, { body: { name: unique("Cibles"), watched: true } });
  const ids = [text("list_id")(made)];
  await walk.visit(`POST ${API}/lists/{id}/companies`, { ids, body: { sirens } });
  await walk.visit(`GET ${API}/lists`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/lists/{id}`, { ids });
  await walk.visit(`GET ${API}/lists/{id}/companies`, { ids, query: `?limit=${MANY}` });
  await walk.visit(`PATCH ${API}/lists/{id}`, { ids, body: { name: unique("Cibles") } });
  await database().query(
    `insert into company_changes (id, organisation_id, mode, siren, at, changes, score_before, score_after)
     select 'chg_' || $1 || siren, $2, 'live', siren, now(),
       '{"kind": "changed", "fields": []}', 10, 20 from unnest($3::text[]) siren`,
    [unique(""), owner.organisationId, sirens],
  );
  await walk.visit(`GET ${API}/changes`, { query: `?limit=${MANY}` });
  await walk.visit(`DELETE ${API}/lists/{id}/companies/{siren}`, { ids: [...ids, siren] });
  await walk.visit(`DELETE ${API}/lists/{id}`, { ids });
}

export async function visitTasks(walk: RouteWalk, owner: Member): Promise<void> {
  const rows = Array.from({ length: MANY }, () => ({ outcome: "upstream_error" as const, reason: null }));
  const minted: string[] = [];
  await times(MANY, async () => minted.push(await mintTask(owner, rows, { status: "completed" })));
  const ids = minted.slice(0, 1);
  const sirens = Object.values(RESERVED_SIRENS).slice(0, 5);
  const batch = { body: { sirens }, query: "?dry_run=true" };
  await walk.visit(`POST ${API}/scraping/batch-async`, batch);
  const accepted = await walk.visit(`POST ${API}/scraping/batch-async`, { body: batch.body });
  await walk.visit(`GET ${API}/tasks`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/tasks/{id}/status`, { ids });
  await walk.visit(`GET ${API}/tasks/{id}/result`, { ids, query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/tasks/{id}/result`, { ids, headers: { accept: "text/csv" } });
  await walk.visit(`GET ${API}/tasks/{id}/events`, { ids });
  await walk.visit(`GET ${API}/tasks/{id}/socket`, { ids, headers: { upgrade: "websocket" } });
  await walk.visit(`POST ${API}/tasks/{id}/retry`, { ids });
  await walk.visit(`POST ${API}/tasks/{id}/cancel`, { ids: [text("task_id")(accepted)] });
}

export async function visitExports(walk: RouteWalk, owner: Member, sirens: string[]): Promise<void> {
  await times(MANY, async () => mintExport(owner));
  const { id } = await mintExport(owner);
  const list = await mintList(owner, sirens);
  const order = { format: "csv", list_id: list };
  await walk.visit(`POST ${API}/exports`, { body: order, query: "?sync=true" });
  const accepted = await walk.visit(`POST ${API}/exports`, { body: { ...order, format: "ndjson" } });
  await walk.visit(`GET ${API}/exports`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/exports/columns`);
  const status = await walk.visit(`GET ${API}/exports/{id}/status`, { ids: [id] });
  const { search } = new URL(text("download_url")(status), "https://api.test");
  await walk.visit(`GET ${API}/exports/{id}/download`, { ids: [id], query: search, token: null });
  const queued = await mintExport(owner, { status: "queued" });
  await walk.visit(`POST ${API}/exports/{id}/cancel`, { ids: [queued.id] });
  text("export_id")(accepted);
}

/** Accounts, from being made to two factors and back. */
export async function visitAuth(walk: RouteWalk): Promise<void> {
  stopClock();
  const address = { "cf-connecting-ip": mintAddress() };
  const password = `phare ${crypto.randomUUID()}`;
  const body = { organisation: "Atelier", name: "Marie Petit", email: mintEmail(), password };
  await walk.visit(`POST ${API}/auth/register`, { body, token: null, headers: address });
  const person = await registerPerson();
  await database().query(
    `insert into sessions (id, user_id, organisation_id, mfa, expires_at)
     select 'ses_' || $1 || n, $2, $3, false, now() + interval '1 day' from generate_series(1, $4) n`,
    [unique(""), person.userId, person.organisationId, MANY],
  );
  const credentials = { email: person.email, password: person.password };
  const nobody = { token: null, headers: { "cf-connecting-ip": person.address } };
  const login = await walk.visit(`POST ${API}/auth/login`, { ...nobody, body: credentials });
  const refreshed = await walk.visit(`POST ${API}/auth/refresh`, {
    ...nobody,
    body: { refresh_token: text("refresh_token")(login) },
  });
  const me = { token: text("access_token")(refreshed) };
  await walk.visit(`GET ${API}/auth/me`, me);
  const sessions = await walk.visit(`GET ${API}/auth/sessions`, { ...me, query: `?limit=${MANY}` });
  const listed = z
    .object({ data: z.array(z.object({ id: z.string(), current: z.boolean() })) })
    .parse(sessions);
  const other = listed.data.find(({ current }) => !current)?.id ?? "";
  await walk.visit(`DELETE ${API}/auth/sessions/{id}`, { ...me, ids: [other] });
  await walk.visit(`DELETE ${API}/auth/sessions`, me);
  await walk.visit(`GET ${API}/auth/2fa`, me);
  const secret = text("secret")(await walk.visit(`POST ${API}/auth/2fa/setup`, me));
  const code = async () => {
    passSteps(2);
    return codeOf(secret);
  };
  await walk.visit(`POST ${API}/auth/2fa/verify`, { ...me, body: { code: await codeOf(secret) } });
  await walk.visit(`POST ${API}/auth/backup-codes`, { ...me, body: { code: await code() } });
  const half = await walk.visit(`POST ${API}/auth/login`, { ...nobody, body: credentials });
  const challenge = { mfa_token: text("mfa_token")(half), code: await code() };
  await walk.visit(`POST ${API}/auth/2fa/challenge`, { ...nobody, body: challenge });
  const both = { password: person.password, code: await code() };
  await walk.visit(`POST ${API}/auth/2fa/disable`, { ...me, body: both });
  const change = { current_password: person.password, new_password: `phare ${crypto.randomUUID()}` };
  await walk.visit(`POST ${API}/auth/password`, { ...me, body: change });
  await walk.visit(`POST ${API}/auth/logout`, me);
}

export async function visitOrganisation(walk: RouteWalk, owner: Member): Promise<void> {
  await times(MANY, async () => mintMember(owner.organisationId, "viewer"));
  const member = await mintMember(owner.organisationId, "analyst");
  const invitations: { id: string; token: string }[] = [];
  await times(5, async () => {
    const made = await walk.visit(`POST ${API}/organisation/invitations`, {
      body: { email: mintEmail(), role: "viewer" },
    });
    invitations.push(z.object({ id: z.string(), token: z.string() }).parse(made));
  });
  const [first, second] = invitations;
  await walk.visit(`GET ${API}/organisation/invitations`, { query: `?limit=${MANY}` });
  await walk.visit(`DELETE ${API}/organisation/invitations/{id}`, { ids: [first?.id ?? ""] });
  const account = { name: "Jean", password: `phare ${crypto.randomUUID()}`, token: second?.token };
  await walk.visit(`POST ${API}/auth/invitations/accept`, { token: null, body: account });
  await walk.visit(`GET ${API}/organisation`);
  await walk.visit(`PATCH ${API}/organisation`, { body: { name: "Autre" } });
  await walk.visit(`GET ${API}/organisation/members`, { query: `?limit=${MANY}` });
  const ids = [member.userId];
  await walk.visit(`PATCH ${API}/organisation/members/{user_id}`, { ids, body: { role: "viewer" } });
  await walk.visit(`DELETE ${API}/organisation/members/{user_id}`, { ids });
  await times(MANY, async () => mintKey(owner.organisationId));
  const body = { name: "Nuit", scopes: ["companies:read"] };
  const key = text("id")(await walk.visit(`POST ${API}/api-keys`, { body }));
  await walk.visit(`GET ${API}/api-keys`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/api-keys/{id}`, { ids: [key] });
  await walk.visit(`PATCH ${API}/api-keys/{id}`, { ids: [key], body: { name: "Jour" } });
  const rotated = await walk.visit(`POST ${API}/api-keys/{id}/rotate`, { ids: [key], body: {} });
  await walk.visit(`DELETE ${API}/api-keys/{id}`, { ids: [text("id")(rotated)] });
}

/** Usage and the audit, once the visits before have left their traces. */
export async function visitRecords(walk: RouteWalk, owner: Member): Promise<void> {
  await database().query(
    `insert into ledger_entries (id, organisation_id, source, siren, state, reserved_credits, reserved_micros, credits,
       micros, reserved_at, settled_at)
     select 'led_' || $1 || n, $2, 'pappers', '552032534', 'settled', 1, 1000, 1, 1000, now(), now()
     from generate_series(1, $3) n`,
    [unique(""), owner.organisationId, MANY],
  );
  await walk.visit(`GET ${API}/limits`);
  await walk.visit(`GET ${API}/usage`);
  await walk.visit(`GET ${API}/usage/entries`, { query: `?limit=${MANY}` });
  await buildServices(env).audit.poke(owner.organisationId);
  await walk.visit(`GET ${API}/audit-logs`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/audit-logs/verify`);
  await walk.visit(`GET ${API}/audit-logs/export`);
  await walk.visit(`GET ${API}/audit-logs/anchors`);
}

export async function visitWebhooks(walk: RouteWalk, owner: Member): Promise<void> {
  const made: string[] = [];
  await times(5, async () => {
    const { url } = startReceiver();
    const created = await walk.visit(`POST ${API}/webhooks`, { body: { url, events: ["task.completed"] } });
    made.push(text("id")(created));
  });
  await times(MANY, async () => publish(owner));
  const ids = made.slice(0, 1);
  await walk.visit(`GET ${API}/webhooks`, { query: `?limit=${MANY}` });
  await walk.visit(`GET ${API}/webhooks/{id}`, { ids });
  const found = await walk.visit(`GET ${API}/webhooks/{id}/deliveries`, { ids, query: `?limit=${MANY}` });
  const [delivery] = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(found).data;
  const both = [...ids, delivery?.id ?? ""];
  await walk.visit(`GET ${API}/webhooks/{id}/deliveries/{delivery_id}`, { ids: both });
  await database().query("update webhook_deliveries set status = 'failed' where id = $1", [delivery?.id]);
  await walk.visit(`POST ${API}/webhooks/{id}/deliveries/{delivery_id}/replay`, { ids: both });
  await walk.visit(`POST ${API}/webhooks/{id}/test`, { ids });
  await walk.visit(`PATCH ${API}/webhooks/{id}`, { ids, body: { description: "CRM" } });
  await walk.visit(`POST ${API}/webhooks/{id}/rotate-secret`, { ids });
  await walk.visit(`DELETE ${API}/webhooks/{id}`, { ids });
}

/** Dead letters of this run's own, older than any other: their turn comes first. */
async function bury(count: number): Promise<string[]> {
  const letters: string[] = [];
  await times(count, async () => {
    const [inbound, id] = [unique("inb"), unique("dl_00")];
    await database().query(
      `insert into inbound_events (id, channel, dedupe_key, body, sirens, status, received_at)
       values ($1, 'generic', $1, '{}', '{}', 'received', now())`,
      [inbound],
    );
    await database().query(
      `insert into dead_letters (id, queue, message_id, body, reason, status, sent_at, received_at)
       values ($1, 'events', $1, $2::jsonb, 'retries_exhausted', 'open', now(), now())`,
      [id, JSON.stringify({ v: 1, type: "hook.received", inbound_id: inbound })],
    );
    letters.push(id);
  });
  return letters;
}

export async function visitOperations(walk: RouteWalk, sirens: string[]): Promise<void> {
  const hook = JSON.stringify({
    type: "company.changed",
    timestamp: new Date().toISOString(),
    data: { sirens },
  });
  const { generic } = z.object({ generic: z.string() }).parse(JSON.parse(env.HOOK_SECRETS));
  const [id, at] = [unique("msg"), new Date()];
  const signed = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(generic).sign(id, at, hook),
  };
  await walk.visit(`POST ${API}/hooks/{channel}`, {
    ids: ["generic"],
    token: null,
    body: hook,
    headers: signed,
  });
  await walk.visit(`GET ${API}/admin/queues`);
  await walk.visit(`GET ${API}/admin/profile`);
  await walk.visit(`POST ${API}/admin/queues/{queue}/pause`, { ids: ["exports"] });
  await walk.visit(`POST ${API}/admin/queues/{queue}/resume`, { ids: ["exports"] });
  const letters = await bury(MANY);
  await walk.visit(`GET ${API}/admin/dead-letters`, { query: `?limit=${MANY}` });
  await walk.visit(`POST ${API}/admin/dead-letters/{id}/redrive`, { ids: letters.slice(0, 1) });
  await walk.visit(`DELETE ${API}/admin/dead-letters/{id}`, { ids: letters.slice(1, 2) });
  await walk.visit(`POST ${API}/admin/dead-letters/redrive`, { body: { queue: "events", limit: MANY - 2 } });
}

/** What monitoring asks. */
export async function visitSystem(walk: RouteWalk): Promise<void> {
  await walk.visit("GET /ready", { token: null });
  for (const path of ["/metrics", "/slo", "/health/detailed"]) {
    await walk.visit(`GET ${path}`, { token: env.METRICS_TOKEN });
  }
}

/** As many companies as of anything else, which no other test has. */
export async function mintVisited(): Promise<string[]> {
  const sirens = Array.from({ length: MANY }, () => mintSiren(crypto.randomUUID()));
  await database().query(
    `insert into companies (siren, nom_entreprise, diffusion, statut, departement, ma_score, score, facts_hash,
       first_seen_at, last_scraped_at)
     select siren, 'Visitee ' || siren, 'complete', 'active', '69', 71, '{}', 'x', now(), now()
     from unnest($1::text[]) siren`,
    [sirens],
  );
  return sirens;
}

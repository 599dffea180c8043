import { env } from "cloudflare:workers";
import { auditRecord } from "../../../src/domain/audit/audit-record.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices, type Services } from "../../../src/services.ts";
import { mintWorld, type World } from "../../support/world.ts";

export interface AuditWorld extends World {
  services: Services;
  /** Writes a record, as an act does; its chain is not asked. Answers its id. */
  act: (label: string, overrides?: Partial<Parameters<typeof auditRecord>[1]>) => Promise<string>;
  /** `length` acts, taken by the chain in the order of their labels. */
  grow: (length: number) => Promise<void>;
  verify: (query?: string) => Promise<Record<string, unknown>>;
  rows: () => Promise<Record<string, unknown>[]>;
  sql: (text: string, ...params: unknown[]) => Promise<void>;
}

export async function mintAuditWorld(): Promise<AuditWorld> {
  const world = await mintWorld();
  const services = buildServices(env);
  const { organisationId, database } = world;
  const act: AuditWorld["act"] = async (label, overrides = {}) => {
    const now = Date.now();
    const context = {
      origin: { address: "192.0.2.7", userAgent: "test/1", requestId: `req_${label}` },
      now,
      newId: (prefix: string) => newId(prefix, now, randomBytes),
    };
    const record = auditRecord(context, {
      organisationId,
      actor: { kind: "user", id: "usr_1" },
      action: "key.created",
      resource: { kind: "key", id: `key_${label}` },
      outcome: "success",
      details: { label, scopes: 2, ratio: 0.1, big: 1e21, minus: -0, text: "é \u{1f600} \u2028" },
      ...overrides,
    });
    await services.audit.trail.record(record);
    return record.id;
  };
  return {
    ...world,
    services,
    act,
    grow: async (length) => {
      for (let index = 1; index <= length; index++) await act(String(index));
      await services.audit.poke(organisationId);
    },
    verify: async (query = "") => {
      const response = await world.request(`/api/v2/audit-logs/verify${query}`);
      const body = await response.json<Record<string, unknown>>();
      if (response.status !== 200) throw new Error(`verify answered ${response.status}`);
      return body;
    },
    rows: async () =>
      database.query("select * from audit_logs where organisation_id = $1 order by seq, at", [
        organisationId,
      ]),
    sql: async (text, ...params) => {
      await database.query(text, [organisationId, ...params]);
    },
  };
}

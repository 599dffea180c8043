import { z } from "zod";
import type { Authority } from "../../domain/accounts/authority.ts";
import type {
  Organisation,
  OrganisationChange,
  OrganisationStore,
} from "../../domain/accounts/organisation/ports.ts";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock } from "./database.ts";
import { holdsRole } from "./holds-role.ts";

const Row = z.object({
  id: z.string(),
  name: z.string(),
  plan: z.enum(["free", "pro", "enterprise", "admin"]),
  mfa_required: z.boolean(),
  monthly_budget_cents: z.number().nullable(),
  created_at: z.date(),
});

const LOAD = `
select id, name, plan, mfa_required, monthly_budget_cents, created_at from organisations where id = $1`;

/** Waits for a change of its members' roles, and then sees it. */
const LOCK = "select 1 from organisations where id = $1 for no key update";

const CHANGE = `
update organisations set
  name = coalesce($2::text, name),
  mfa_required = coalesce($3::boolean, mfa_required),
  monthly_budget_cents = case when $4::boolean then $5::integer else monthly_budget_cents end
where id = $1 and ${holdsRole("$1", "$6", "$7")} returning id`;

export class OrganisationRepository implements OrganisationStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async load(organisationId: string): Promise<Organisation | null> {
    const [found] = await query(this.#db, LOAD, [organisationId]);
    if (found === undefined) return null;
    const row = Row.parse(found);
    return {
      id: row.id,
      name: row.name,
      plan: row.plan,
      mfaRequired: row.mfa_required,
      monthlyBudgetCents: row.monthly_budget_cents,
      createdAt: row.created_at.toISOString(),
    };
  }

  async change(change: OrganisationChange, by: Authority, record: AuditRecord): Promise<boolean> {
    const { name = null, mfaRequired = null, monthlyBudgetCents } = change;
    const { organisationId } = record;
    const params = [
      organisationId,
      name,
      mfaRequired,
      monthlyBudgetCents !== undefined,
      monthlyBudgetCents ?? null,
      by.userId,
      by.roles,
    ];
    const lock = { text: LOCK, params: [organisationId] };
    return (await queryAfterLock(this.#db, lock, audited({ text: CHANGE, params }, record))).length > 0;
  }
}

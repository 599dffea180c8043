import { z } from "zod";
import { POLICIES, type PolicyName } from "./limit-table.ts";

type Limits = Partial<Record<PolicyName, { limit: number }>>;

/** Limits changed without a deployment. */
export interface LimitOverrides {
  /** In place of the table's, before plan and grace. */
  policies: Limits;
  /** An organisation's own, as they are. Addresses belong to no organisation. */
  organisations: Record<string, Limits>;
}

export const NO_OVERRIDES: LimitOverrides = { policies: {}, organisations: {} };

const Members = z.record(z.string(), z.unknown());
const Entry = z.strictObject({ limit: z.int().min(1).max(1_000_000_000) });

function isPolicy(name: string): name is PolicyName {
  return Object.hasOwn(POLICIES, name);
}

function ofPrincipals(name: PolicyName): boolean {
  return POLICIES[name].per === "principal";
}

/** Reads entry by entry: what is wrong is left out, and named in `faults` by its place. */
export function readOverrides(value: unknown): { overrides: LimitOverrides; faults: string[] } {
  const faults: string[] = [];
  const members = (given: unknown, place: string): [string, unknown][] => {
    const parsed = Members.safeParse(given ?? {});
    if (!parsed.success) faults.push(place);
    return Object.entries(parsed.data ?? {});
  };
  const limits = (given: unknown, place: string, takes: (name: PolicyName) => boolean): Limits => {
    const good: Limits = {};
    for (const [name, entry] of members(given, place)) {
      const parsed = Entry.safeParse(entry);
      if (isPolicy(name) && takes(name) && parsed.success) good[name] = parsed.data;
      else faults.push(`${place}.${name}`);
    }
    return good;
  };
  const { policies, organisations, ...unknown } = Object.fromEntries(members(value, "limits"));
  faults.push(...Object.keys(unknown));
  const overrides: LimitOverrides = { policies: limits(policies, "policies", () => true), organisations: {} };
  for (const [id, given] of members(organisations, "organisations"))
    overrides.organisations[id] = limits(given, `organisations.${id}`, ofPrincipals);
  return { overrides, faults };
}

import { z } from "zod";
import { POLICIES, type PolicyName } from "./limit-table.ts";

const PolicyKey = z.enum(Object.keys(POLICIES) as [PolicyName, ...PolicyName[]]);
const Limits = z.partialRecord(PolicyKey, z.strictObject({ limit: z.int().min(1).max(1_000_000_000) }));

/** Limits that replace those of the table without a deployment; an organisation's own come first. */
export const LimitOverrides = z.strictObject({
  policies: Limits.default({}),
  organisations: z.record(z.string(), Limits).default({}),
});

export type LimitOverrides = z.infer<typeof LimitOverrides>;

export const NO_OVERRIDES: LimitOverrides = { policies: {}, organisations: {} };

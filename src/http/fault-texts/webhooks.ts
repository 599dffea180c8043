import type { Language } from "../problem-kind.ts";

/** Faults of the webhooks routes; see `FAULTS` in `issue-texts.ts`. */
export const WEBHOOK_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {};

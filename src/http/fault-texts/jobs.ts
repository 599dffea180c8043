import type { Language } from "../problem-kind.ts";

/** Faults of the jobs routes; see `FAULTS` in `issue-texts.ts`. */
export const JOB_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {};

import type { Language } from "../problem-kind.ts";

/** Faults of the operations routes; see `FAULTS` in `issue-texts.ts`. */
export const OPERATION_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {};

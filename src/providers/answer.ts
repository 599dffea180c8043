import type { SourceAnswer, SourceFailure, SourceProvider, SourceQuery } from "../domain/enrichment/ports.ts";
import type { SourceName } from "../domain/enrichment/source.ts";
import { SourceRecord } from "../domain/enrichment/source-record.ts";
import { failure } from "./http.ts";

export function found(
  record: SourceRecord,
  more: { partial?: boolean; credits?: number } = {},
): SourceAnswer {
  return { kind: "found", record, partial: more.partial ?? false, credits: more.credits ?? 0 };
}

export function notFound(credits = 0): SourceAnswer {
  return { kind: "not_found", credits };
}

export function failed(failure: SourceFailure, credits = 0): SourceAnswer {
  return { kind: "failed", failure, credits };
}

type Attempt = (query: SourceQuery, signal: AbortSignal) => Promise<SourceAnswer>;

/**
 * A provider that keeps the port's promises whatever its attempt does: it never throws, and what it calls found
 * is a valid record. A record of ours that fails its own schema means their data took a turn we did not foresee.
 */
export function defineProvider(name: SourceName, attempt: Attempt): SourceProvider {
  return {
    name,
    async lookUp(query, signal) {
      if (!/^\d{9}$/.test(query.siren)) return failed(failure("rejected", `${name}: not a SIREN`));
      try {
        return checked(name, await attempt(query, signal));
      } catch (error) {
        const kind = error instanceof Error ? error.name : "unknown error";
        return failed(failure("malformed", `${name}: the answer could not be transformed (${kind})`));
      }
    },
  };
}

function checked(name: SourceName, answer: SourceAnswer): SourceAnswer {
  if (answer.kind !== "found") return answer;
  const parsed = SourceRecord.safeParse(answer.record);
  if (parsed.success) return { ...answer, record: parsed.data };
  const path = parsed.error.issues[0]?.path.join("/") ?? "";
  return failed(failure("malformed", `${name}: unusable value at /${path}`.slice(0, 200)), answer.credits);
}

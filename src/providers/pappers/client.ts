import type { SourceFailure } from "../../domain/enrichment/ports.ts";
import {
  exchange,
  failure,
  type Outcome,
  parseReply,
  type ProviderContext,
  type Reply,
  statusFailure,
} from "../http.ts";
import { PappersAnswer } from "./schema.ts";

/** Additional fields that cost nothing. Telephone, e-mail and the rest are billed by the field: not asked for. */
const FREE_FIELDS = [
  "categorie_entreprise",
  "code_commune",
  "code_departement",
  "departement",
  "code_region",
  "region",
].join(",");

export interface PappersFound {
  answer: PappersAnswer;
  /** 206: one of their own sources did not answer in time. */
  partial: boolean;
}

/** A failure, and what it cost: a body we cannot read has been billed all the same. */
type Answer = Outcome<PappersFound | null> & { credits: number };

/** The company, or null when Pappers knows no such SIREN. */
export async function getEntreprise(
  context: ProviderContext & { key: string },
  siren: string,
  signal: AbortSignal,
): Promise<Answer> {
  const url = `${context.baseUrl}/entreprise?siren=${siren}&champs_supplementaires=${FREE_FIELDS}`;
  const reply = await exchange(context, {
    url,
    signal,
    headers: { "api-key": context.key },
    redirect: "manual",
  });
  if (!reply.ok) return { ...reply, credits: 0 };
  const { status } = reply.value;
  if (status === 404) return { ok: true, value: null, credits: 0 };
  if (status !== 200 && status !== 206) {
    return { ok: false, failure: refusal(context, reply.value), credits: 0 };
  }
  const parsed = parseReply(context.source, reply.value, PappersAnswer);
  if (!parsed.ok) return { ...parsed, credits: 1 };
  return { ok: true, value: { answer: parsed.value, partial: status === 206 }, credits: 1 };
}

/** A key without credits is refused with the same 401 as a wrong key: only the wording differs. */
function refusal(context: ProviderContext, reply: Reply): SourceFailure {
  if (reply.status !== 401) return statusFailure(context, reply);
  if (/cr[ée]dits?|jetons?/i.test(unescaped(reply.text ?? ""))) {
    return failure("quota_exhausted", "pappers: no credits left");
  }
  return failure("invalid_key", "pappers refused the key");
}

/** JSON may write `é` as an escape. */
function unescaped(text: string): string {
  return text.replaceAll(/\\u00e9/gi, "é");
}

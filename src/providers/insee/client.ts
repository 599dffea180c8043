import {
  type Call,
  exchange,
  failure,
  type Outcome,
  parseReply,
  type ProviderContext,
  type Reply,
  statusFailure,
} from "../http.ts";
import { InseeAnswer, type UniteLegale } from "./schema.ts";

/** `withheld`: the company exists and objects to any diffusion. */
export type InseeReply = { kind: "unite"; unite: UniteLegale } | { kind: "unknown" } | { kind: "withheld" };

/** One legal unit. A duplicate SIREN is answered by a redirection to the one that remains, followed once. */
export async function getUniteLegale(
  context: ProviderContext & { key: string },
  siren: string,
  signal: AbortSignal,
): Promise<Outcome<InseeReply>> {
  const call: Call = {
    url: `${context.baseUrl}/siren/${siren}`,
    signal,
    headers: { "x-insee-api-key-integration": context.key },
    redirect: "manual",
  };
  const first = await exchange(context, call);
  const next = first.ok ? survivingUrl(first.value, call.url) : null;
  const reply = next === null ? first : await exchange(context, { ...call, url: next });
  return reply.ok ? read(context, reply.value) : reply;
}

/** Where a redirection leads, if it stays on the host that may see the key. */
function survivingUrl(reply: Reply, from: string): string | null {
  const location = reply.headers.get("location");
  if (reply.status < 300 || reply.status > 399 || location === null) return null;
  if (!URL.canParse(location, from)) return null;
  const target = new URL(location, from);
  return target.origin === new URL(from).origin ? target.href : null;
}

function read(context: ProviderContext, reply: Reply): Outcome<InseeReply> {
  if (reply.status === 404) return { ok: true, value: { kind: "unknown" } };
  if (reply.status === 403 && /non[ -]diffus/i.test(reply.text ?? "")) {
    return { ok: true, value: { kind: "withheld" } };
  }
  if (reply.status === 401 || reply.status === 403) {
    return { ok: false, failure: failure("invalid_key", `insee answered ${reply.status}`) };
  }
  if (reply.status !== 200) return { ok: false, failure: statusFailure(context, reply) };
  const parsed = parseReply(context.source, reply, InseeAnswer);
  return parsed.ok ? { ok: true, value: { kind: "unite", unite: parsed.value.uniteLegale } } : parsed;
}

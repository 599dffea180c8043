import {
  type Call,
  exchange,
  type Outcome,
  parseReply,
  type ProviderContext,
  statusFailure,
} from "../http.ts";
import { RechercheAnswer } from "./schema.ts";

/** Blocks that the register's own site asks for; not in its public documentation. */
const EXTRA_BLOCKS = "etablissements,immatriculation,bodacc";

/**
 * Looks a SIREN up (nine digits as `q` are a direct look-up, not a text search). The extra blocks are asked for, and
 * done without on a 400, in case the undocumented parameter becomes an error one day.
 */
export async function searchBySiren(
  context: ProviderContext,
  siren: string,
  signal: AbortSignal,
): Promise<Outcome<RechercheAnswer>> {
  const base = `${context.baseUrl}/search?q=${siren}&page=1&per_page=1`;
  const call: Call = { url: `${base}&include_admin=${EXTRA_BLOCKS}`, signal };
  const first = await exchange(context, call);
  const refused = first.ok && first.value.status === 400;
  const reply = refused ? await exchange(context, { ...call, url: base }) : first;
  if (!reply.ok) return reply;
  if (reply.value.status !== 200) return { ok: false, failure: statusFailure(context, reply.value) };
  return parseReply(context.source, reply.value, RechercheAnswer);
}

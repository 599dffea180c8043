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
import { KasprAnswer, type KasprProfile } from "./schema.ts";

type KeyedContext = ProviderContext & { key: string };

export interface KasprFound {
  profile: KasprProfile;
  /** The phone pool is spent: this is the profile without its phone. */
  withoutPhone: boolean;
}

/** The only two names that every account accepts; an unknown one makes the API answer 500. */
const WANTED = ["workEmail", "phone"];

/** A person's business contact data, or null when Kaspr does not know the profile. */
export async function getProfile(
  context: KeyedContext,
  person: { slug: string; nom: string },
  signal: AbortSignal,
): Promise<Outcome<KasprFound | null>> {
  const full = await ask(context, { ...person, dataToGet: WANTED }, signal);
  if (!full.ok) return full;
  if (full.value.status !== 402) return read(context, full.value, false);
  // 402: one of the pools is empty. E-mails may be left when phones are not; once, and no further.
  const emailOnly = await ask(context, { ...person, dataToGet: ["workEmail"] }, signal);
  return emailOnly.ok ? read(context, emailOnly.value, true) : emailOnly;
}

interface Ask {
  slug: string;
  nom: string;
  dataToGet: string[];
}

function ask(context: KeyedContext, { slug, nom, dataToGet }: Ask, signal: AbortSignal) {
  return exchange(context, {
    url: `${context.baseUrl}/profile/linkedin`,
    signal,
    headers: { authorization: `Bearer ${context.key}`, "accept-version": "v2.0" },
    json: { id: slug, name: nom, dataToGet },
    redirect: "manual",
  });
}

function read(context: KeyedContext, reply: Reply, withoutPhone: boolean): Outcome<KasprFound | null> {
  if (reply.status === 404) return { ok: true, value: null };
  if (reply.status !== 200) return { ok: false, failure: refusal(context, reply) };
  const parsed = parseReply(context.source, reply, KasprAnswer);
  if (!parsed.ok) return parsed;
  const { profile, message } = parsed.value;
  if (profile) return { ok: true, value: { profile, withoutPhone } };
  // Success without a profile: the message alone tells an empty account from an unknown person.
  return /cr[ée]dit|quota/i.test(message ?? "")
    ? { ok: false, failure: failure("quota_exhausted", "kaspr: no credits left") }
    : { ok: true, value: null };
}

function refusal(context: KeyedContext, reply: Reply): SourceFailure {
  if (reply.status === 401 || reply.status === 403) return failure("invalid_key", "kaspr refused the key");
  if (reply.status === 402) return failure("quota_exhausted", "kaspr: no credits left");
  // Their plain 500 mostly answers a request they could not read: asking again would not help.
  if (reply.status === 500) return failure("rejected", "kaspr answered 500");
  return statusFailure(context, reply);
}

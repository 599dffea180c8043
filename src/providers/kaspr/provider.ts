import type { Contact } from "../../domain/companies/company.ts";
import type { FailureReason } from "../../domain/enrichment/failure-reason.ts";
import type { LinkedinProfile, SourceAnswer, SourceFailure } from "../../domain/enrichment/ports.ts";
import { defineProvider, failed, found, notFound } from "../answer.ts";
import { failure, type Outcome, type ProviderContext } from "../http.ts";
import { getProfile, type KasprFound } from "./client.ts";
import { linkedinSlug } from "../../domain/enrichment/linkedin-slug.ts";
import { creditsFor, toContact } from "./transform.ts";

/** Each profile is a billed call: the officers who matter are few. */
const MAX_PROFILES = 5;

/** What one refusal says of the next: asking for another person would meet the same one. */
const STOPPING: ReadonlySet<FailureReason> = new Set([
  "busy",
  "unavailable",
  "timeout",
  "invalid_key",
  "quota_exhausted",
]);

interface Tally {
  contacts: Contact[];
  credits: number;
  failure: SourceFailure | null;
  partial: boolean;
}

export function createKaspr(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren, linkedin }, signal) => {
    const { key } = context;
    if (key === null) return failed(failure("not_configured", "kaspr has no key"));
    if (linkedin.length === 0) {
      return failed(failure("linkedin_profile_required", "kaspr looks people up by LinkedIn profile"));
    }
    const tally: Tally = { contacts: [], credits: 0, failure: null, partial: linkedin.length > MAX_PROFILES };
    for (const person of linkedin.slice(0, MAX_PROFILES)) {
      count(tally, await contactOf({ ...context, key }, person, signal));
      if (tally.failure !== null && STOPPING.has(tally.failure.reason)) break;
    }
    return conclude(siren, tally);
  });
}

type PersonOutcome = Outcome<{ contact: Contact; partial: boolean } | null>;

async function contactOf(
  context: ProviderContext & { key: string },
  { nom, profil }: LinkedinProfile,
  signal: AbortSignal,
): Promise<PersonOutcome> {
  const slug = linkedinSlug(profil);
  if (slug === null) return { ok: false, failure: failure("rejected", "kaspr: not a LinkedIn profile name") };
  const reply: Outcome<KasprFound | null> = await getProfile(context, { slug, nom }, signal);
  if (!reply.ok) return reply;
  if (reply.value === null) return { ok: true, value: null };
  const { profile, withoutPhone } = reply.value;
  const at = new Date(context.now()).toISOString();
  return { ok: true, value: { contact: toContact(profile, { nom, slug, at }), partial: withoutPhone } };
}

function count(tally: Tally, outcome: PersonOutcome): void {
  if (!outcome.ok) {
    tally.failure = outcome.failure;
    return;
  }
  if (outcome.value === null) return;
  tally.contacts.push(outcome.value.contact);
  tally.credits += creditsFor(outcome.value.contact);
  tally.partial ||= outcome.value.partial;
}

/** Somebody found is an answer, incomplete if another could not be asked about. */
function conclude(siren: string, { contacts, credits, failure, partial }: Tally): SourceAnswer {
  if (contacts.length > 0) {
    return found({ siren, as_of: null, contacts }, { partial: partial || failure !== null, credits });
  }
  return failure === null ? notFound(credits) : failed(failure, credits);
}

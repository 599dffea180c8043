import type { Company, Contact, MissingSource, Provenance, SourceUse } from "../companies/company.ts";
import { scoreCompany } from "../scoring/score-company.ts";
import type { Score } from "../scoring/score.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "./errors.ts";
import { mergeCompany, type MergedCompany } from "./merge-company.ts";
import { originOf } from "./origin-of.ts";
import type { CollectedContact, SourceFault } from "./ports.ts";
import type { SourceName } from "./source.ts";
import { freshnessOf, type SourceState } from "./source-state.ts";
import { isKnown, type KnownCompany, lastScrapedAt, type StoredCompany } from "./stored-company.ts";

export interface Composition {
  stored: StoredCompany;
  contacts: CollectedContact[];
  /** The contact provider was asked for this very answer. */
  contactsAsked: boolean;
  /** The sources asked for this very answer; none for a plain read. */
  asked: SourceName[];
  faults: SourceFault[];
  now: number;
  provenance: boolean;
}

const SCORE_TTL_MS = 60 * 60_000;

function cacheOf(state: SourceState, composition: Composition): SourceUse["cache"] {
  const failed = composition.faults.some(({ source }) => source === state.source);
  if (failed || state.vanished) return "stale";
  if (composition.asked.includes(state.source)) return "miss";
  return freshnessOf(state, composition.now, { maxAgeMs: null }) === "fresh" ? "hit" : "stale";
}

function useOf(state: SourceState, composition: Composition): SourceUse {
  const fault = composition.faults.find(({ source }) => source === state.source);
  return {
    name: state.source,
    found: state.record !== null,
    retrieved_at: state.retrieved_at,
    age_seconds: Math.max(0, Math.floor((composition.now - Date.parse(state.retrieved_at)) / 1_000)),
    cache: cacheOf(state, composition),
    refresh_failure: fault?.reason ?? null,
  };
}

function missingOf({ stored, faults }: Composition): MissingSource[] {
  const known = (source: SourceName): boolean =>
    stored.states.some((state) => state.source === source && state.record !== null);
  const silent = faults
    .filter(({ source }) => !known(source))
    .map(({ source, reason, retryAfterMs }) => ({
      source,
      reason,
      retry_after_seconds: retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1_000),
    }));
  const incomplete = stored.states
    .filter(({ partial }) => partial)
    .map(({ source }) => ({ source, reason: "partial_answer", retry_after_seconds: null }) as const);
  return [...silent, ...incomplete];
}

/** Contacts are a source like any other, of this organisation alone; people nobody knows count as asked for. */
function contactUse({ contacts, contactsAsked, faults, now }: Composition): SourceUse[] {
  const collected = contacts
    .map((contact) => contact.collected_at)
    .sort()
    .at(-1);
  if (collected === undefined) return [];
  const failure = faults.find(({ source }) => source === "kaspr")?.reason ?? null;
  return [
    {
      name: "kaspr",
      found: contacts.some(isReachable),
      retrieved_at: collected,
      age_seconds: Math.max(0, Math.floor((now - Date.parse(collected)) / 1_000)),
      cache: failure !== null ? "stale" : contactsAsked ? "miss" : "hit",
      refresh_failure: failure,
    },
  ];
}

function isReachable({ email_professionnel, telephone }: CollectedContact): boolean {
  return email_professionnel !== null || telephone !== null;
}

function valueAt(root: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (value !== null && typeof value === "object" ? Reflect.get(value, key) : null),
      root,
    );
}

function provenanceOf(merged: MergedCompany, uses: SourceUse[]): Record<string, Provenance> {
  const provenance: Record<string, Provenance> = {};
  for (const [path, origin] of merged.origins) {
    const use = uses.find(({ name }) => name === origin.source);
    if (use === undefined) continue;
    provenance[path] = {
      value: valueAt(merged.facts, path),
      source: origin.source,
      retrieved_at: use.retrieved_at,
      as_of: origin.as_of,
      confidence: origin.confidence,
      cache: use.cache,
    };
  }
  return provenance;
}

/** The stored score while it is young; events fade with time, so an older one is worked out again. */
function currentScore(stored: KnownCompany, merged: MergedCompany, now: number): Score {
  const { score } = stored;
  if (now - Date.parse(score.computed_at) < SCORE_TTL_MS) return score;
  const at = new Date(now).toISOString();
  return scoreCompany({
    facts: merged.facts,
    sector: stored.sector,
    at,
    facts_sources: originOf(merged.origins),
  });
}

function publicContact(contact: CollectedContact): Contact {
  const { nom, fonction, email_professionnel, telephone, linkedin, source, collected_at } = contact;
  return { nom, fonction, email_professionnel, telephone, linkedin, source, collected_at };
}

/** Without those who can't be reached, and without what is ours to know. */
export function shownContacts(contacts: CollectedContact[]): Contact[] {
  return contacts.filter(isReachable).map(publicContact);
}

/** Throws `CompanyNotFound` or `EnrichmentUnavailable` when no source knows the company. */
export function composeCompany(composition: Composition): Company {
  const { stored, faults, now } = composition;
  if (!isKnown(stored)) {
    const outages = faults.filter(({ reason }) => reason !== "linkedin_profile_required");
    throw outages.length > 0
      ? new EnrichmentUnavailable(outages)
      : new CompanyNotFound({ asked: stored.states.length > 0 });
  }
  const merged = mergeCompany(stored.siren, stored.states);
  const score = currentScore(stored, merged, now);
  const uses = [...stored.states.map((state) => useOf(state, composition)), ...contactUse(composition)];
  const missing = missingOf(composition);
  return {
    ...merged.facts,
    contacts: shownContacts(composition.contacts),
    ma_score: score.ma_score,
    score,
    sources: uses,
    partial: missing.length > 0,
    missing,
    last_scraped_at: lastScrapedAt(stored),
    ...(composition.provenance ? { provenance: provenanceOf(merged, uses) } : {}),
  };
}

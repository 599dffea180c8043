/** Counted from the answer; from the first try while there is none. */
export const KEPT_MS = 24 * 3_600_000;
/** A Worker that died holds its key for this long at most; one that works renews it. */
export const LEASE_MS = 60_000;
/** When somebody else's request is under way, its answer is usually there by then. */
const ASK_AGAIN_MS = 2_000;

/** What ids of things created under a key derive from. */
export interface Seed {
  /** Of the first try, ms. */
  at: number;
  /** 122 random bits. */
  noise: string;
}

/** What is kept of one key. */
export interface KeyRecord {
  seed: Seed;
  /** Whoever carries the request out, or did so last. */
  lease: { id: string; until: number } | null;
  /** Sealed; null: not there yet. */
  answer: string | null;
  /** An earlier try ended without an answer: it may have created something, under ids of this seed. */
  inDoubt: boolean;
  /** Moment, ms. */
  expiresAt: number;
}

export type Claim =
  /** The caller's to carry out. */
  | { state: "new"; seed: Seed }
  | { state: "in_flight"; retryAfterMs: number }
  | { state: "done"; answer: string };

interface ClaimRequest {
  /** Chosen by the caller, so that a claim whose reply got lost can be made again. */
  leaseId: string;
  /** Used when the key is not known. */
  seed: Seed;
  now: number;
}

function isOver({ lease, expiresAt }: KeyRecord, now: number): boolean {
  return expiresAt <= now && (lease?.until ?? 0) <= now;
}

/** `record`: what is to be kept from now on. */
export function claimKey(
  known: KeyRecord | null,
  { leaseId, seed, now }: ClaimRequest,
): { record: KeyRecord; claim: Claim } {
  const record: KeyRecord =
    known === null || isOver(known, now)
      ? { seed, lease: null, answer: null, inDoubt: false, expiresAt: now + KEPT_MS }
      : known;
  if (record.answer !== null) return { record, claim: { state: "done", answer: record.answer } };
  const { lease } = record;
  if (lease !== null && lease.id !== leaseId && lease.until > now) {
    const retryAfterMs = Math.min(lease.until - now, ASK_AGAIN_MS);
    return { record, claim: { state: "in_flight", retryAfterMs } };
  }
  const inDoubt = record.inDoubt || (lease !== null && lease.id !== leaseId);
  const leased = { ...record, inDoubt, lease: { id: leaseId, until: now + LEASE_MS } };
  return { record: leased, claim: { state: "new", seed: record.seed } };
}

/** A lease that ran out is still its holder's while nobody else took the key. */
function isHeld(record: KeyRecord | null, leaseId: string): record is KeyRecord {
  return record?.lease?.id === leaseId;
}

/** null: the key is another's by now. */
export function renewLease(record: KeyRecord | null, leaseId: string, now: number): KeyRecord | null {
  if (!isHeld(record, leaseId)) return null;
  return { ...record, lease: { id: leaseId, until: now + LEASE_MS } };
}

/** null: the key is another's by now, and so is its answer. */
export function completeKey(
  record: KeyRecord | null,
  { leaseId, answer, now }: { leaseId: string; answer: string; now: number },
): KeyRecord | null {
  if (!isHeld(record, leaseId)) return null;
  return { ...record, answer, expiresAt: now + KEPT_MS };
}

/** A request that was refused created nothing; one that failed otherwise may have. */
export type Failure = "refused" | "in_doubt";

/** Frees the key for another try. null: nothing is left to keep. */
export function releaseKey(record: KeyRecord | null, leaseId: string, failure: Failure): KeyRecord | null {
  if (!isHeld(record, leaseId) || record.answer !== null) return record;
  const inDoubt = record.inDoubt || failure === "in_doubt";
  return inDoubt ? { ...record, inDoubt, lease: null } : null;
}

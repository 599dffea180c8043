import { type AuditEntry, commitmentOf, entryHash, isErased, isSalt } from "./audit-entry.ts";

export const CHAIN_FAULTS = [
  "entry_missing",
  "entry_unknown",
  "entry_changed",
  "link_broken",
  "entry_rewritten",
  "origin_changed",
  "anchor_missing",
  "anchor_invalid",
] as const;

export type ChainFaultReason = (typeof CHAIN_FAULTS)[number];

/** The first entry that is not what it was, and in what way. */
export interface ChainFault {
  seq: number;
  reason: ChainFaultReason;
}

export interface EntryCheck {
  organisationId: string;
  /** The first and the last number that must be there. */
  from: number;
  to: number;
  /** Hash of the entry before `from`. */
  previousHash: string;
  /** What the chain itself remembers, `from` first; shorter where no witness is left. */
  witnessed: readonly string[];
  /** As stored, ordered by number. */
  entries: readonly AuditEntry[];
}

export interface CheckedEntries {
  fault: ChainFault | null;
  /** How many entries were found good before the fault. */
  good: number;
  erased: number;
}

/** Address and user agent fit their commitments, or were erased as a whole. */
async function originFits(entry: AuditEntry): Promise<boolean> {
  if (isErased(entry)) return true;
  const pairs = [
    [entry.address, entry.address_commitment],
    [entry.user_agent, entry.user_agent_commitment],
  ] as const;
  const { salt } = entry;
  if (salt === null) return pairs.every(([value, commitment]) => value === null && commitment === null);
  if (!isSalt(salt) || pairs.every(([, commitment]) => commitment === null)) return false;
  const fitting = await Promise.all(
    pairs.map(async ([value, commitment]) =>
      value === null ? commitment === null : commitment === (await commitmentOf(salt, value)),
    ),
  );
  return fitting.every(Boolean);
}

interface Expected {
  organisationId: string;
  seq: number;
  previousHash: string;
  witnessed: string | undefined;
}

async function reasonAgainst(entry: AuditEntry, expected: Expected): Promise<ChainFaultReason | null> {
  if (entry.seq > expected.seq) return "entry_missing";
  if (entry.seq < expected.seq) return "entry_unknown";
  if (entry.organisation_id !== expected.organisationId) return "entry_changed";
  if ((await entryHash(entry)) !== entry.hash) return "entry_changed";
  if (entry.previous_hash !== expected.previousHash) return "link_broken";
  if (expected.witnessed !== undefined && expected.witnessed !== entry.hash) return "entry_rewritten";
  return (await originFits(entry)) ? null : "origin_changed";
}

/** Compares stored entries with what they say of themselves, with one another and with the chain's memory. */
export async function checkEntries(check: EntryCheck): Promise<CheckedEntries> {
  const { organisationId, from, to, witnessed } = check;
  let { previousHash } = check;
  let seq = from;
  let erased = 0;
  const result = (fault: ChainFault | null): CheckedEntries => ({ fault, good: seq - from, erased });
  for (const entry of check.entries) {
    const expected = { organisationId, seq, previousHash, witnessed: witnessed[seq - from] };
    const reason = await reasonAgainst(entry, expected);
    if (reason !== null) return result({ seq: Math.min(seq, entry.seq), reason });
    if (isErased(entry)) erased += 1;
    previousHash = entry.hash;
    seq += 1;
  }
  return result(seq <= to ? { seq, reason: "entry_missing" } : null);
}

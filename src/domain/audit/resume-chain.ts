import { GENESIS_HASH } from "./audit-entry.ts";
import type { AnchorArchive, AnchorMark, ChainHead, ChainState, ChainTables, StoredLink } from "./ports.ts";

const LIST_PAGE = 1_000;
const LINK_PAGE = 5_000;
/** A number this far from the others was not given by a chain. */
const GAP_LIMIT = 100_000;

interface ResumeDeps {
  tables: ChainTables;
  archive: AnchorArchive;
  now: () => number;
}

async function lastAnchor(organisationId: string, archive: AnchorArchive): Promise<AnchorMark> {
  let last = 0;
  for (;;) {
    const ends = await archive.list(organisationId, last + 1, LIST_PAGE);
    last = ends.at(-1) ?? last;
    if (ends.length < LIST_PAGE) break;
  }
  if (last === 0) return { seq: 0, hash: GENESIS_HASH, at: null };
  const anchor = await archive.load(organisationId, last);
  // What can't be read still takes its numbers: no entry may get one of them again.
  return anchor === null || anchor === "unreadable"
    ? { seq: last, hash: GENESIS_HASH, at: null }
    : { seq: last, hash: anchor.head, at: anchor.at };
}

/** The hash of each number after the anchor; of a missing entry what its successor says of it, if there is one. */
function hashesOf(stored: readonly StoredLink[], after: number): ChainHead[] {
  const known = new Map<number, string>();
  let last = after;
  for (const { seq, hash, previousHash } of stored) {
    if (seq - last > GAP_LIMIT) break;
    if (!known.has(seq - 1)) known.set(seq - 1, previousHash);
    known.set(seq, hash);
    last = seq;
  }
  return Array.from({ length: Math.max(0, last - after) }, (_, index) => {
    const seq = after + 1 + index;
    return { seq, hash: known.get(seq) ?? GENESIS_HASH };
  });
}

/**
 * The state of a chain whose memory is empty: new, or lost. It goes on after whatever is furthest, the log or the
 * last anchor, and never starts at 1 again.
 */
export async function resumeChain(
  organisationId: string,
  { tables, archive, now }: ResumeDeps,
): Promise<{ state: ChainState; links: ChainHead[] }> {
  const anchored = await lastAnchor(organisationId, archive);
  const stored: StoredLink[] = [];
  for (;;) {
    const page = await tables.links(organisationId, (stored.at(-1)?.seq ?? anchored.seq) + 1, LINK_PAGE);
    stored.push(...page);
    if (page.length < LINK_PAGE) break;
  }
  const links = hashesOf(stored, anchored.seq);
  const head = links.at(-1) ?? { seq: anchored.seq, hash: anchored.hash };
  const at = new Date(now()).toISOString();
  const state = {
    head,
    anchored,
    planned: null,
    resumed: head.seq === 0 ? null : { seq: head.seq, at },
    unanchoredSince: links.length > 0 ? now() : null,
  };
  return { state, links };
}

import { type Anchor, anchorText, isCoherent } from "./anchor.ts";
import { GENESIS_HASH } from "./audit-entry.ts";
import type { ChainFault } from "./check-entries.ts";
import type { AnchorArchive, AuditChains, HeadSigner } from "./ports.ts";

const LIST_PAGE = 1_000;
/** As many as the platform connects at once. */
const PARALLEL = 6;

export interface WitnessDeps {
  chains: AuditChains;
  archive: AnchorArchive;
  signer: HeadSigner;
}

export interface Testimony {
  /** Hashes from the first number asked for, as far as there is a witness. */
  hashes: string[];
  /** Where the archive stops being a witness. */
  fault: ChainFault | null;
}

/** The hashes that a chain gave, from its signed anchors and, after the last one, from the chain itself. */
export class ChainWitness {
  readonly #organisationId: string;
  readonly #deps: WitnessDeps;
  /** The last ones that were fetched, and the ends of those that follow them. */
  #anchors: Anchor[] = [];
  #ends: number[] = [];
  #anchorsRead = 0;

  constructor(organisationId: string, deps: WitnessDeps) {
    this.#organisationId = organisationId;
    this.#deps = deps;
  }

  /** How many anchors have been fetched so far: each is a read of the archive. */
  get anchorsRead(): number {
    return this.#anchorsRead;
  }

  async testify(range: { from: number; to: number }): Promise<Testimony> {
    const { anchored, hashes: recent } = await this.#deps.chains.witness(this.#organisationId, range);
    const hashes: string[] = [];
    let next = range.from;
    let previous: Anchor | null = null;
    while (next <= range.to && next <= anchored.seq) {
      const anchor: Anchor | ChainFault = await this.#covering(next, previous);
      if ("reason" in anchor) return { hashes, fault: anchor };
      hashes.push(...anchor.hashes.slice(next - anchor.from, range.to - anchor.from + 1));
      next = anchor.to + 1;
      previous = anchor;
    }
    hashes.push(...recent.filter(({ seq }) => seq >= next).map(({ hash }) => hash));
    const unattested = range.from + hashes.length;
    const fault: ChainFault = { seq: unattested, reason: "anchor_missing" };
    return { hashes, fault: unattested <= range.to ? fault : null };
  }

  async #covering(seq: number, previous: Anchor | null): Promise<Anchor | ChainFault> {
    const known = this.#anchors.find(({ from, to }) => from <= seq && seq <= to);
    const anchor = known ?? (await this.#fetch(seq));
    if ("reason" in anchor) return anchor;
    const expected = anchor.from === 1 ? GENESIS_HASH : previous?.head;
    if (expected !== undefined && anchor.previous_hash !== expected)
      return { seq: anchor.from, reason: "anchor_invalid" };
    return anchor;
  }

  async #fetch(seq: number): Promise<Anchor | ChainFault> {
    let ends = this.#ends.filter((to) => to >= seq);
    if (ends.length === 0) ends = await this.#deps.archive.list(this.#organisationId, seq, LIST_PAGE);
    this.#ends = ends.slice(PARALLEL);
    const read = await Promise.all(ends.slice(0, PARALLEL).map(async (to) => this.#load(to, seq)));
    this.#anchorsRead += read.length;
    this.#anchors = read.flatMap((one) => ("reason" in one ? [] : one));
    const first = read[0];
    if (first === undefined) return { seq, reason: "anchor_missing" };
    if ("reason" in first) return first;
    return first.from <= seq ? first : { seq, reason: "anchor_missing" };
  }

  async #load(to: number, seq: number): Promise<Anchor | ChainFault> {
    const anchor = await this.#deps.archive.load(this.#organisationId, to);
    if (anchor === null) return { seq, reason: "anchor_missing" };
    if (anchor === "unreadable" || !(await this.#isGenuine(anchor, to)))
      return { seq, reason: "anchor_invalid" };
    return anchor;
  }

  async #isGenuine(anchor: Anchor, to: number): Promise<boolean> {
    if (anchor.organisation_id !== this.#organisationId || anchor.to !== to || !isCoherent(anchor))
      return false;
    const { key_id: keyId, signature } = anchor;
    return this.#deps.signer.verify({ keyId, signature, text: anchorText(anchor) });
  }
}

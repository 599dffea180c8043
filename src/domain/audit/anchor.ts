import { z } from "zod";
import { canonicalJson } from "../../lib/canonical-json.ts";

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What an archive keeps for good: every hash of a run of entries, signed. Published in docs/audit.md. */
export const Anchor = z.strictObject({
  v: z.literal(1),
  organisation_id: z.string(),
  /** First and last number of the run. */
  from: z.int().min(1),
  to: z.int().min(1),
  /** Hash of the entry before `from`. */
  previous_hash: Hash,
  /** Hash of the entry `to`. */
  head: Hash,
  /** Of `from` to `to`, in order. */
  hashes: z.array(Hash).min(1),
  at: z.string(),
  key_id: z.string(),
  /** Ed25519 over the canonical JSON of all other members, base64. */
  signature: z.string(),
});

export type Anchor = z.infer<typeof Anchor>;
export type AnchorClaim = Omit<Anchor, "key_id" | "signature">;

/** The text that is signed. */
export function anchorText({
  signature: _signature,
  ...signed
}: Omit<Anchor, "signature"> & { signature?: string }): string {
  return canonicalJson(signed);
}

/** Both say the same of the chain; who signed, and when, may differ. */
export function sameClaim(a: AnchorClaim, b: AnchorClaim): boolean {
  const claim = ({ organisation_id, from, to, previous_hash, head, hashes }: AnchorClaim): string =>
    canonicalJson({ organisation_id, from, to, previous_hash, head, hashes });
  return claim(a) === claim(b);
}

/** The members fit together; says nothing of the signature. */
export function isCoherent({ from, to, head, hashes }: AnchorClaim): boolean {
  return hashes.length === to - from + 1 && hashes.at(-1) === head;
}

import { sha256Hex } from "../../lib/digest.ts";

interface RequestParts {
  method: string;
  path: string;
  /** As sent, without the question mark; the order of its members does not count. */
  query: string;
  /** Of the body, or of the file in it; empty when it is not known yet. */
  bodyDigest: string;
}

/** What tells one request from another under the same key. */
export async function fingerprintOf({ method, path, query, bodyDigest }: RequestParts): Promise<string> {
  const members = new URLSearchParams(query);
  members.sort();
  return sha256Hex([method, path, members.toString(), bodyDigest].join("\n"));
}

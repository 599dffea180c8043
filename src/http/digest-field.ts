/** A SHA-256 as `Content-Digest` and `Repr-Digest` carry it (RFC 9530). */
export function digestField(sha256: Uint8Array): string {
  return `sha-256=:${btoa(String.fromCharCode(...sha256))}:`;
}

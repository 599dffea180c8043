import { createHash } from "node:crypto";

/** SHA-256 of bytes that come one piece after another and are not kept. */
export class RunningDigest {
  readonly #hash = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Lower-case hex; to be asked once, at the end. */
  hex(): string {
    return this.#hash.digest("hex");
  }
}

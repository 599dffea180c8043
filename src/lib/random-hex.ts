import { randomBytes } from "./random-bytes.ts";

const POOL_BYTES = 2_048;
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Random bytes as text, drawn from the platform many at a time: one by one each call costs as much as hundreds do. */
export class RandomHex {
  readonly #draw: (length: number) => Uint8Array;
  #pool: Uint8Array = new Uint8Array(0);
  #next = 0;

  constructor(draw: (length: number) => Uint8Array) {
    this.#draw = draw;
  }

  /** Two digits a byte. For ids, not for secrets: what is drawn ahead lies in memory. */
  take(bytes: number): string {
    if (this.#next + bytes > this.#pool.length) {
      this.#pool = this.#draw(POOL_BYTES);
      this.#next = 0;
    }
    let text = "";
    for (const end = this.#next + bytes; this.#next < end; this.#next += 1) {
      text += PAIRS[this.#pool[this.#next] ?? 0] ?? "";
    }
    return text;
  }
}

/** Of this isolate. */
export const randomHex = new RandomHex(randomBytes);

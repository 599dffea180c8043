import { scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordHasher } from "../domain/accounts/sign-in-ports.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { Turnstile } from "./turnstile.ts";

interface Cost {
  /** Binary logarithm of N. */
  ln: number;
  r: number;
  p: number;
}

/** 32 MiB and some 200 ms of CPU. The platform refuses N * r * p above 2^20. */
const COST: Cost = { ln: 15, r: 8, p: 3 };
const MEMORY_LIMIT = 48 * 1024 * 1024;
const HASH_LENGTH = 32;
const SALT_LENGTH = 16;

const SHAPE = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]*)\$([A-Za-z0-9+/]{22,})$/;

/** One character can be typed as one code point or as two: both are the same password. */
function bytesOf(password: string): Uint8Array {
  return new TextEncoder().encode(password.normalize("NFC"));
}

async function derive(password: string, salt: Uint8Array, cost: Cost & { length: number }): Promise<Buffer> {
  const { ln, r, p, length } = cost;
  const options = { N: 2 ** ln, r, p, maxmem: MEMORY_LIMIT };
  return new Promise((resolve, reject) => {
    scrypt(bytesOf(password), salt, length, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}

/** The alphabet of PHC strings is base64 without padding. */
function phcText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}

interface Stored extends Cost {
  salt: Uint8Array;
  hash: Uint8Array;
}

function parseStored(text: string): Stored {
  const [, ln, r, p, salt = "", hash = ""] = SHAPE.exec(text) ?? [];
  if (ln === undefined) throw new Error("a stored password hash is not a PHC string of scrypt");
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { ...cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

/**
 * scrypt as a PHC string, `$scrypt$ln=15,r=8,p=3$salt$hash`: each hash says what it was made with. One at a time: the
 * platform hashes on the thread that serves everybody else.
 */
export class ScryptHasher implements PasswordHasher {
  readonly #cost: Cost;
  readonly #turnstile = new Turnstile();

  constructor(cost: Cost = COST) {
    this.#cost = cost;
  }

  async hash(password: string): Promise<string> {
    const { ln, r, p } = this.#cost;
    const salt = randomBytes(SALT_LENGTH);
    const derived = await this.#derive(password, salt, { ...this.#cost, length: HASH_LENGTH });
    return `$scrypt$ln=${ln},r=${r},p=${p}$${phcText(salt)}$${phcText(derived)}`;
  }

  async verify(password: string, stored: string | null): Promise<{ ok: boolean; outdated: boolean }> {
    const verdict = await this.#compare(password, stored);
    metrics.count("auth_attempts_total", { method: "password", result: verdict.ok ? "ok" : "refused" });
    return verdict;
  }

  async #compare(password: string, stored: string | null): Promise<{ ok: boolean; outdated: boolean }> {
    if (stored === null) {
      await this.#derive(password, new Uint8Array(SALT_LENGTH), { ...this.#cost, length: HASH_LENGTH });
      return { ok: false, outdated: false };
    }
    const { salt, hash, ...cost } = parseStored(stored);
    const derived = await this.#derive(password, salt, { ...cost, length: hash.length });
    const { ln, r, p } = this.#cost;
    return {
      ok: timingSafeEqual(derived, hash),
      outdated: cost.ln !== ln || cost.r !== r || cost.p !== p || hash.length !== HASH_LENGTH,
    };
  }

  async #derive(password: string, salt: Uint8Array, cost: Cost & { length: number }): Promise<Buffer> {
    return this.#turnstile.pass(async () => derive(password, salt, cost));
  }
}

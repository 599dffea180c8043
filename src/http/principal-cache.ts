import { hashApiKey, isApiKeyShape } from "../auth/api-key.ts";
import { type ApiKeyStore, authenticateKey } from "../domain/accounts/authenticate.ts";
import { authenticateSession } from "../domain/accounts/authenticate-session.ts";
import type { Principal } from "../domain/accounts/principal.ts";
import type { AccountTokens, SessionStore } from "../domain/accounts/sign-in-ports.ts";
import { Lru } from "../lib/lru.ts";
import { metrics } from "../observability/metric-buffer.ts";

/** What was revoked works for at most this long. */
const KEEP_MS = 5_000;
/** A neighbour's guesses don't keep out a key that was good within this time. */
const PROVEN_MS = 3_600_000;
const CAPACITY = 1_000;

interface Deps {
  keys: ApiKeyStore;
  sessions: Pick<SessionStore, "live">;
  tokens: Pick<AccountTokens, "readAccessToken">;
}

/** Who a key or an access token belongs to, remembered by one isolate for 5 seconds. */
export class PrincipalCache {
  readonly #deps: Deps & { now: () => number };
  readonly #known = new Lru<Principal>(CAPACITY);
  readonly #refused = new Lru<true>(CAPACITY);
  readonly #provenKeys = new Lru<true>(CAPACITY);

  constructor({ keys, sessions, tokens }: Deps, now: () => number) {
    this.#deps = { keys, sessions, tokens, now };
  }

  /** Answers from memory only. */
  peek(token: string): Principal | undefined {
    return this.#known.get(token, this.#deps.now());
  }

  /** Well-formed as a key, and nothing is known of it: only the database can tell. */
  mayBeGuess(token: string): boolean {
    const now = this.#deps.now();
    const heardOf = this.#provenKeys.get(token, now) ?? this.#refused.get(token, now);
    return heardOf === undefined && isApiKeyShape(token);
  }

  /** Asks the database, so `peek` first. null: neither key nor access token, or one unknown, expired or revoked. */
  async find(token: string): Promise<Principal | null> {
    const now = this.#deps.now();
    const isKey = isApiKeyShape(token);
    const found = await (isKey ? this.#findKey(token, now) : this.#findSession(token, now));
    const method = isKey ? "api_key" : "access_token";
    metrics.count("cache_misses_total", { kind: "principal", layer: "isolate" });
    metrics.count("auth_attempts_total", { method, result: found === null ? "refused" : "ok" });
    return found;
  }

  async #findKey(token: string, now: number): Promise<Principal | null> {
    if (this.#refused.get(token, now) !== undefined) return null;
    const principal = await authenticateKey(this.#deps, await hashApiKey(token));
    if (principal === null) {
      this.#refused.set(token, true, now + KEEP_MS);
      this.#provenKeys.delete(token);
    } else {
      this.#known.set(token, principal, now + KEEP_MS);
      this.#provenKeys.set(token, true, now + PROVEN_MS);
    }
    return principal;
  }

  async #findSession(token: string, now: number): Promise<Principal | null> {
    const found = await authenticateSession(this.#deps, token);
    if (found === null) return null;
    this.#known.set(token, found.principal, Math.min(now + KEEP_MS, found.expiresAt));
    return found.principal;
  }

  /** After this isolate ended sessions of a person or changed his rights: at once here, elsewhere within 5 seconds. */
  forgetPerson(userId: string): void {
    this.#known.deleteWhere(({ session }) => session?.userId === userId);
  }
}

/** The token of `Authorization: Bearer …`, null when there is none. */
export function bearerToken(header: string | null): string | null {
  if (header === null || header.slice(0, 7).toLowerCase() !== "bearer ") return null;
  const token = header.slice(7).trim();
  return token === "" ? null : token;
}

/** What a browser offers beside the token when it opens a WebSocket, and what we then choose. */
export const PROGRESS_PROTOCOL = "ma.progress";
const TOKEN_PROTOCOL = "bearer.";

export function protocolsOf(headers: Headers): string[] {
  return (headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
}

/** The token among the protocols of a WebSocket handshake: a browser can't set `Authorization` there. */
export function socketToken(headers: Headers): string | null {
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return null;
  const name = protocolsOf(headers).find((one) => one.startsWith(TOKEN_PROTOCOL));
  return name === undefined ? null : name.slice(TOKEN_PROTOCOL.length) || null;
}

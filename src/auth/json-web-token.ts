import { decodeHeader, sign, verify } from "hono/utils/jwt/jwt";
import { z } from "zod";
import { type DataKey, JWT_GRACE_MS, type Keyring } from "../domain/accounts/keyring.ts";
import { base64url } from "../lib/base64url.ts";

const ISSUER = "ma-intelligence-api";
/** Longer than any of ours: not worth decoding. */
const LENGTH_LIMIT = 2_048;
/** By how much clocks of isolates may differ. */
const SKEW_MS = 60_000;

const Header = z.object({ kid: z.string().max(64) });
const Standard = z.object({ iss: z.literal(ISSUER), aud: z.string(), iat: z.number(), exp: z.number() });

function jwkOf({ id, bytes }: DataKey) {
  return { kty: "oct", k: base64url(bytes), alg: "HS256", kid: id };
}

export interface TokenTerms {
  audience: string;
  /** ms. */
  now: number;
  lifeSeconds: number;
}

/** HS256 under the newest `jwt` key, whose id is in the header. */
export async function issueToken(
  keyring: Keyring,
  claims: Record<string, string>,
  { audience, now, lifeSeconds }: TokenTerms,
): Promise<string> {
  const iat = Math.floor(now / 1_000);
  const standard = { iss: ISSUER, aud: audience, iat, exp: iat + lifeSeconds };
  return sign({ ...claims, ...standard }, jwkOf(await keyring.current("jwt")));
}

/** A key that leaked is worth nothing once everything it signed for us is over. */
function isRetired({ replacedAt }: DataKey, now: number): boolean {
  return replacedAt !== null && now >= Date.parse(replacedAt) + JWT_GRACE_MS;
}

/** Not over, and no longer alive than ours are. */
function isCurrent({ iat, exp }: { iat: number; exp: number }, { now, lifeSeconds }: TokenTerms): boolean {
  return exp * 1_000 > now && iat * 1_000 <= now + SKEW_MS && exp - iat <= lifeSeconds;
}

/** The claims of a token of ours that is for this audience and not over; null for any other text. */
export async function readToken<Claims extends z.ZodType>(
  keyring: Keyring,
  token: string,
  expected: TokenTerms & { claims: Claims },
): Promise<(z.infer<Claims> & { exp: number }) | null> {
  const keyId = token.length > LENGTH_LIMIT ? null : keyIdOf(token);
  const key = keyId === null ? null : await keyring.find("jwt", keyId);
  if (key === null || isRetired(key, expected.now)) return null;
  const payload = await verified(token, key);
  const standard = Standard.safeParse(payload);
  const claims = expected.claims.safeParse(payload);
  if (!standard.success || !claims.success) return null;
  const { aud, exp } = standard.data;
  if (aud !== expected.audience || !isCurrent(standard.data, expected)) return null;
  return Object.assign({}, claims.data, { exp });
}

function keyIdOf(token: string): string | null {
  try {
    return Header.parse(decodeHeader(token)).kid;
  } catch {
    return null;
  }
}

/** Times are compared with our own clock afterwards. */
async function verified(token: string, key: DataKey): Promise<unknown> {
  try {
    return await verify(token, jwkOf(key), { alg: "HS256", exp: false, iat: false, nbf: false });
  } catch {
    return null;
  }
}

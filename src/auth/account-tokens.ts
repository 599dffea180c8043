import { z } from "zod";
import { ACCESS_LIFE_MS, type Keyring } from "../domain/accounts/keyring.ts";
import type { AccessClaims, AccountTokens, MfaClaims } from "../domain/accounts/sign-in-ports.ts";
import { issueToken, readToken } from "./json-web-token.ts";

const ACCESS = { audience: "ma-api", lifeSeconds: ACCESS_LIFE_MS / 1_000 };
const MFA = { audience: "ma-api/second-factor", lifeSeconds: 300 };

const Access = z.object({ sub: z.string(), sid: z.string(), org: z.string() });
const Mfa = z.object({ sub: z.string(), org: z.string(), pwd: z.string() });

/** Signed with the keyring; the two kinds differ in audience, so neither passes for the other. */
export class SignedTokens implements AccountTokens {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async issueAccessToken(claims: AccessClaims, now: number) {
    const { userId, sessionId, organisationId } = claims;
    const named = { sub: userId, sid: sessionId, org: organisationId };
    const accessToken = await issueToken(this.#keyring, named, { ...ACCESS, now });
    return { accessToken, expiresIn: ACCESS.lifeSeconds };
  }

  async readAccessToken(token: string, now: number) {
    const found = await readToken(this.#keyring, token, { ...ACCESS, now, claims: Access });
    if (found === null) return null;
    const { sub, sid, org, exp } = found;
    return { userId: sub, sessionId: sid, organisationId: org, expiresAt: exp * 1_000 };
  }

  async issueMfaToken({ userId, organisationId, passwordChangedAt }: MfaClaims, now: number) {
    const named = { sub: userId, org: organisationId, pwd: passwordChangedAt ?? "" };
    return issueToken(this.#keyring, named, { ...MFA, now });
  }

  async readMfaToken(token: string, now: number) {
    const found = await readToken(this.#keyring, token, { ...MFA, now, claims: Mfa });
    if (found === null) return null;
    const { sub, org, pwd } = found;
    return { userId: sub, organisationId: org, passwordChangedAt: pwd === "" ? null : pwd };
  }
}

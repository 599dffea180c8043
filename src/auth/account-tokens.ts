import { z } from "zod";
import type { Keyring } from "../domain/accounts/keyring.ts";
import type { AccessClaims, AccountTokens, MfaClaims } from "../domain/accounts/sign-in-ports.ts";
import { issueToken, readToken } from "./json-web-token.ts";

const ACCESS_LIFE_SECONDS = 900;
const MFA_LIFE_SECONDS = 300;
const ACCESS = "ma-api";
const MFA = "ma-api/second-factor";

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
    const terms = { audience: ACCESS, now, lifeSeconds: ACCESS_LIFE_SECONDS };
    const named = { sub: userId, sid: sessionId, org: organisationId };
    return { accessToken: await issueToken(this.#keyring, named, terms), expiresIn: ACCESS_LIFE_SECONDS };
  }

  async readAccessToken(token: string, now: number) {
    const found = await readToken(this.#keyring, token, { audience: ACCESS, now, claims: Access });
    if (found === null) return null;
    const { sub, sid, org, exp } = found;
    return { userId: sub, sessionId: sid, organisationId: org, expiresAt: exp * 1_000 };
  }

  async issueMfaToken({ userId, organisationId, passwordChangedAt }: MfaClaims, now: number) {
    const named = { sub: userId, org: organisationId, pwd: passwordChangedAt ?? "" };
    return issueToken(this.#keyring, named, { audience: MFA, now, lifeSeconds: MFA_LIFE_SECONDS });
  }

  async readMfaToken(token: string, now: number) {
    const found = await readToken(this.#keyring, token, { audience: MFA, now, claims: Mfa });
    if (found === null) return null;
    const { sub, org, pwd } = found;
    return { userId: sub, organisationId: org, passwordChangedAt: pwd === "" ? null : pwd };
  }
}

import { generateSecret, generateURI, verify } from "otplib";

/** What an authenticator app shows above the code. */
const ISSUER = "MA Intelligence";
const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;

/** 160 random bits, base32 without padding. */
export function generateTotpSecret(): string {
  return generateSecret({ length: SECRET_BYTES });
}

/** The `otpauth://` address that an authenticator app reads. `account`: what tells it from the person's others. */
export function totpUri(secret: string, account: string): string {
  return generateURI({ issuer: ISSUER, label: account, secret });
}

/** A code to check; `now` in milliseconds, `digits` 6 unless told. */
export interface TotpAttempt {
  secret: string;
  code: string;
  now: number;
  digits?: 6 | 8;
}

/**
 * The time step (RFC 6238, SHA-1, 30 s) that a code belongs to, among the present one and its two neighbours; null when
 * the code is of none of them, or is not `digits` ASCII digits. Says nothing of whether it was used before.
 */
export async function totpStep({ secret, code, now, digits = 6 }: TotpAttempt): Promise<number | null> {
  // The library throws on these.
  if (code.length !== digits || !/^\d+$/.test(code)) return null;
  const epoch = Math.floor(now / 1_000);
  const result = await verify({ secret, token: code, epoch, digits, epochTolerance: PERIOD_SECONDS });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

import type { Keyring } from "../domain/accounts/keyring.ts";
import { totpContext } from "../domain/accounts/totp-context.ts";
import type { FactorMechanism, SeenSecret } from "../domain/accounts/two-factor/ports.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { generateBackupCode, normaliseBackupCode } from "./backup-code.ts";
import { commit, everyCommitment } from "./commitment.ts";
import { open, seal } from "./secret-box.ts";
import { generateTotpSecret, totpStep } from "./totp.ts";

/** A code committed for one person is no other's. */
function textOf(userId: string, backupCode: string): string {
  return `backup-code:${userId}:${normaliseBackupCode(backupCode) ?? ""}`;
}

/** Time-based codes and backup codes, kept under the keyring. */
export class SealedFactors implements FactorMechanism {
  readonly #keyring: Keyring & { forget(): void };

  constructor(keyring: Keyring & { forget(): void }) {
    this.#keyring = keyring;
  }

  newSecret(): string {
    return generateTotpSecret();
  }

  async seal(secret: string, userId: string): Promise<string> {
    return seal(this.#keyring, secret, totpContext(userId));
  }

  async open({ userId, sealedSecret }: SeenSecret): Promise<string> {
    return open(this.#keyring, sealedSecret, totpContext(userId));
  }

  async stepOf(code: { secret: string; code: string; now: number }): Promise<number | null> {
    const step = await totpStep(code);
    // A code of this secret may still be spent: whoever spends it counts it.
    if (step === null) metrics.count("auth_attempts_total", { method: "totp", result: "refused" });
    return step;
  }

  newBackupCode(): string {
    return generateBackupCode(randomBytes);
  }

  async commit(userId: string, backupCode: string): Promise<string> {
    return commit(this.#keyring, textOf(userId, backupCode));
  }

  /** Reads the keys anew: after a rotation elsewhere a code may be kept under one that this isolate does not know. */
  async everyCommitment(userId: string, backupCode: string): Promise<string[]> {
    this.#keyring.forget();
    return everyCommitment(this.#keyring, textOf(userId, backupCode));
  }
}

import { MasterKeyWrapper } from "../auth/master-key-wrapper.ts";
import { open, seal, SecretUnreadable } from "../auth/secret-box.ts";
import { StoredKeyring } from "../auth/stored-keyring.ts";
import type { MasterKey } from "../config/master-keys.ts";
import type { RotationDeps } from "../domain/accounts/rotate-keyring.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { KeyringRepository, type RunStatement } from "../storage/postgres/keyring-repository.ts";
import { SealedSecretRepository } from "../storage/postgres/sealed-secret-repository.ts";

/** What a keyring is made of, and its rotation, in the Worker and on the command line alike. */
export interface KeyringServices {
  keyring: StoredKeyring;
  rotation: RotationDeps;
}

export function buildKeyring(
  run: RunStatement,
  masterKeys: readonly MasterKey[],
  now: () => number,
): KeyringServices {
  const dataKeys = new KeyringRepository(run);
  const wrapper = new MasterKeyWrapper(masterKeys);
  const keyring = new StoredKeyring({ store: dataKeys, wrapper, now });
  const reseal = async (sealed: string, context: string): Promise<string | null> => {
    try {
      return await seal(keyring, await open(keyring, sealed, context), context);
    } catch (error) {
      if (error instanceof SecretUnreadable) return null;
      throw error;
    }
  };
  const secrets = { store: new SealedSecretRepository(run), reseal };
  return { keyring, rotation: { dataKeys, wrapper, keyring, random: randomBytes, secrets } };
}

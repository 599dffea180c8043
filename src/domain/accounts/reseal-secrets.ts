import { totpContext } from "./totp-context.ts";

export interface SealedSecret {
  userId: string;
  /** `<key id>:…` */
  sealed: string;
}

export interface SealedSecretStore {
  /** Those sealed with another key than `keyId`, by user id, after `after`. */
  listSealedOtherwise(keyId: string, page: { after: string; limit: number }): Promise<SealedSecret[]>;
  /** False: the person changed or removed it meanwhile. */
  replace(userId: string, change: { from: string; to: string }): Promise<boolean>;
}

export interface ResealDeps {
  store: SealedSecretStore;
  /** The key that secrets shall be sealed with. */
  keyId: string;
  /** null: the secret does not open. */
  reseal: (sealed: string, context: string) => Promise<string | null>;
}

const BATCH = 100;

/**
 * Encrypts second factors again with the newest key, in batches; what stopped midway goes on where it was. Throws, at
 * the end, when some do not open.
 */
export async function resealSecrets({ store, keyId, reseal }: ResealDeps): Promise<number> {
  let resealed = 0;
  let unreadable = 0;
  let after = "";
  for (;;) {
    const batch = await store.listSealedOtherwise(keyId, { after, limit: BATCH });
    for (const { userId, sealed } of batch) {
      const to = await reseal(sealed, totpContext(userId));
      if (to === null) unreadable += 1;
      else if (await store.replace(userId, { from: sealed, to })) resealed += 1;
    }
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.userId;
  }
  if (unreadable > 0) throw new Error(`${unreadable} second factors do not open`);
  return resealed;
}

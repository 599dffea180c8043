export interface SealedSecret {
  /** Where it is kept: one of a kind, and what a list is ordered by. */
  place: string;
  /** What it is bound to. */
  context: string;
  /** `<key id>:…` */
  sealed: string;
}

export interface SealedSecretStore {
  /** Those sealed with another key than `keyId`, by place, after `after`. */
  listSealedOtherwise(keyId: string, page: { after: string; limit: number }): Promise<SealedSecret[]>;
  /** False: whoever it belongs to changed or removed it meanwhile. */
  replace(place: string, change: { from: string; to: string }): Promise<boolean>;
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
 * Encrypts second factors and webhook secrets again with the newest key, in batches; what stopped midway goes on where
 * it was. Throws, at the end, when some do not open.
 */
export async function resealSecrets({ store, keyId, reseal }: ResealDeps): Promise<number> {
  let resealed = 0;
  let unreadable = 0;
  let after = "";
  for (;;) {
    const batch = await store.listSealedOtherwise(keyId, { after, limit: BATCH });
    for (const { place, context, sealed } of batch) {
      const to = await reseal(sealed, context);
      if (to === null) unreadable += 1;
      else if (await store.replace(place, { from: sealed, to })) resealed += 1;
    }
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.place;
  }
  if (unreadable > 0) throw new Error(`${unreadable} sealed secrets do not open`);
  return resealed;
}

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sha256Hex } from "../../src/lib/digest.ts";

/** Of the object that keeps one key. */
export async function keeperName(namespace: string, key: string): Promise<string> {
  return `idem:v1:${namespace}:${await sha256Hex(key)}`;
}

export async function keeperOf({ organisationId }: { organisationId: string }, key: string) {
  return env.IDEMPOTENCY.getByName(await keeperName(`${organisationId}:live`, key));
}

type Keeper = Awaited<ReturnType<typeof keeperOf>>;

/** All that an object stores, as text. */
export async function storedIn(keeper: Keeper): Promise<string> {
  return runInDurableObject(keeper, (_, { storage }) => JSON.stringify([...storage.kv.list()]));
}

/** Keepers that take requests and hear of no outcome, as when the Worker dies before it can tell. */
export const forgetful: Env = Object.assign({}, env, {
  IDEMPOTENCY: {
    getByName: (name: string) => {
      const keeper = env.IDEMPOTENCY.getByName(name);
      return {
        claim: async (leaseId: string) => keeper.claim(leaseId),
        complete: () => {
          throw new Error("lost");
        },
      };
    },
  },
});

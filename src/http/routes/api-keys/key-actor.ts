import type { Context } from "hono";
import { apiKeyPrefix, generateApiKey, hashApiKey } from "../../../auth/api-key.ts";
import type { KeyActor, KeyDeps, MintKey } from "../../../domain/accounts/keys/ports.ts";
import { randomBytes } from "../../../lib/random-bytes.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";

const mint: MintKey = async (mode) => {
  const key = generateApiKey(mode, randomBytes);
  return { key, prefix: apiKeyPrefix(key), hash: await hashApiKey(key) };
};

/** What the key use cases work with. */
export function keyDeps(context: Context<AppEnv>): KeyDeps {
  const { keys, members } = context.get("isolate").services.accounts;
  return { keys, members, mint };
}

export function keyActor(context: Context<AppEnv>): KeyActor {
  return { principal: context.get("principal"), context: actContext(context) };
}

import type { Base } from "./base.ts";
import type { ApiKeyStore } from "../domain/accounts/authenticate.ts";
import { ApiKeyRepository } from "../storage/postgres/api-key-repository.ts";

export interface AccountServices {
  keys: ApiKeyStore;
}

export function buildAccountServices({ database }: Base): AccountServices {
  return { keys: new ApiKeyRepository(database) };
}

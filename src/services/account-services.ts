import { waitUntil } from "cloudflare:workers";
import { SignedTokens } from "../auth/account-tokens.ts";
import { commit } from "../auth/commitment.ts";
import { CommonPasswords } from "../auth/common-passwords.ts";
import { ScryptHasher } from "../auth/password-hash.ts";
import { SealedFactors } from "../auth/second-factor.ts";
import type { KeyStore } from "../domain/accounts/keys/ports.ts";
import type {
  InvitationStore,
  MemberStore,
  OrganisationStore,
} from "../domain/accounts/organisation/ports.ts";
import type { PasswordList } from "../domain/accounts/password-rule.ts";
import type {
  AccountTokens,
  PasswordHasher,
  SessionStore,
  UserStore,
} from "../domain/accounts/sign-in-ports.ts";
import type { FactorMechanism, TwoFactorStore } from "../domain/accounts/two-factor/ports.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { ApiKeyRepository } from "../storage/postgres/api-key-repository.ts";
import { query } from "../storage/postgres/database.ts";
import { InvitationRepository } from "../storage/postgres/invitation-repository.ts";
import { MemberRepository } from "../storage/postgres/member-repository.ts";
import { OrganisationRepository } from "../storage/postgres/organisation-repository.ts";
import type { RunStatement } from "../storage/postgres/keyring-repository.ts";
import { SessionRepository } from "../storage/postgres/session-repository.ts";
import { TwoFactorRepository } from "../storage/postgres/two-factor-repository.ts";
import { UserRepository } from "../storage/postgres/user-repository.ts";
import type { Base } from "./base.ts";
import { buildKeyring, type KeyringServices } from "./keyring-services.ts";

export interface AccountServices extends KeyringServices {
  keys: KeyStore;
  users: UserStore;
  sessions: SessionStore;
  tokens: AccountTokens;
  passwords: PasswordHasher;
  commonPasswords: PasswordList;
  commit: (text: string) => Promise<string>;
  random: (length: number) => Uint8Array<ArrayBuffer>;
  factors: TwoFactorStore;
  mechanism: FactorMechanism;
  organisations: OrganisationStore;
  members: MemberStore;
  invitations: InvitationStore;
}

export function buildAccountServices({ config, database, log, now }: Base): AccountServices {
  const run: RunStatement = async ({ text, params }) => query(database, text, params);
  const { keyring, rotation } = buildKeyring(run, config.masterKeys, now);
  return {
    keys: new ApiKeyRepository(database, { log, background: waitUntil }),
    keyring,
    rotation,
    users: new UserRepository(database),
    sessions: new SessionRepository(database),
    tokens: new SignedTokens(keyring),
    passwords: new ScryptHasher(),
    commonPasswords: new CommonPasswords(),
    commit: async (text) => commit(keyring, text),
    random: randomBytes,
    factors: new TwoFactorRepository(database),
    mechanism: new SealedFactors(keyring),
    organisations: new OrganisationRepository(database),
    members: new MemberRepository(database),
    invitations: new InvitationRepository(database),
  };
}

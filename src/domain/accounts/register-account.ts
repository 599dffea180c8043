import { type ActContext, auditRecord } from "../audit/audit-record.ts";
import type { PasswordHasher, UserStore } from "./sign-in-ports.ts";

export interface RegisterInput {
  organisation: string;
  name: string;
  email: string;
  password: string;
}

export interface RegisteredAccount {
  /** False: the address has an account, nothing was written, and whoever asks must not be told. */
  created: boolean;
  userId: string;
  organisationId: string;
  at: string;
}

/** A person and an organisation that he owns, audited as `account.registered`; the same work when nothing is written. */
export async function registerAccount(
  deps: { users: Pick<UserStore, "register">; passwords: PasswordHasher },
  act: ActContext,
  { organisation, name, email, password }: RegisterInput,
): Promise<RegisteredAccount> {
  const userId = act.newId("usr");
  const organisationId = act.newId("org");
  const at = new Date(act.now).toISOString();
  const passwordHash = await deps.passwords.hash(password);
  const record = auditRecord(act, {
    organisationId,
    actor: { kind: "user", id: userId },
    action: "account.registered",
    resource: { kind: "organisation", id: organisationId },
    outcome: "success",
    details: { plan: "free" },
  });
  const registration = { userId, email, name, passwordHash, organisationId, organisation, at };
  return { created: await deps.users.register(registration, record), userId, organisationId, at };
}

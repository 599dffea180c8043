/** A refusal of an account rule; its code is what the client is told. */
export class AccountRefused extends Error {
  readonly code:
    | "auth.login_refused"
    | "auth.refresh_refused"
    | "auth.challenge_refused"
    | "auth.code_refused"
    | "auth.code_wrong"
    | "auth.password_refused"
    | "auth.session_required"
    | "auth.role_changed"
    | "auth.mfa_already_enabled"
    | "auth.mfa_not_enabled"
    | "auth.mfa_not_started"
    | "auth.mfa_required_by_organisation"
    | "invitations.refused"
    | "invitations.already_member"
    | "members.last_owner"
    | "members.owner_only"
    | "keys.too_many"
    | "keys.not_active";

  constructor(code: AccountRefused["code"]) {
    super(code);
    this.code = code;
  }
}

/** No master key opens a data key: until an operator restores one, nothing that it protects can be used. */
export class KeysUnreadable extends Error {
  readonly code = "service.keys_unreadable";

  /** `keyId`: of the data key, fit for a log. */
  constructor(keyId: string) {
    super(`no master key opens data key ${keyId}`);
  }
}

/** Of this organisation there is no such thing; another one's is not told apart. */
export class ResourceNotFound extends Error {
  readonly code = "resource.not_found";

  constructor() {
    super("resource not found");
  }
}

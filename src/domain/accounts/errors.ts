/** A refusal of an account rule; its code is what the client is told. */
export class AccountRefused extends Error {
  readonly code:
    | "auth.login_refused"
    | "auth.refresh_refused"
    | "auth.challenge_refused"
    | "auth.code_refused"
    | "auth.password_refused"
    | "auth.session_required"
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

/** Of this organisation there is no such thing; another one's is not told apart. */
export class ResourceNotFound extends Error {
  readonly code = "resource.not_found";

  constructor() {
    super("resource not found");
  }
}

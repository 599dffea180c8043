import { expect, test } from "vitest";
import { ROLES } from "../../../../src/domain/accounts/principal.ts";
import { mayChangeNote } from "../../../../src/domain/pipeline/note.ts";

const session = (role: (typeof ROLES)[number], userId = "usr_other") => ({
  actor: { kind: "user" as const, id: userId },
  session: { id: "ses_1", userId, role, mfa: false, mustEnrol: false },
});
const key = (id: string) => ({ actor: { kind: "key" as const, id }, session: null });
const byUser = { author: { kind: "user" as const, id: "usr_author", name: null } };
const byKey = { author: { kind: "key" as const, id: "key_author", name: null } };

test("whoever wrote a note may change it, whatever his role", () => {
  for (const role of ROLES) expect(mayChangeNote(byUser, session(role, "usr_author"))).toBe(true);
  expect(mayChangeNote(byKey, key("key_author"))).toBe(true);
});

test("of others, owners and administrators who signed in may, and no key", () => {
  for (const note of [byUser, byKey]) {
    expect(ROLES.filter((role) => mayChangeNote(note, session(role)))).toEqual(["owner", "admin"]);
    expect(mayChangeNote(note, key("key_other"))).toBe(false);
  }
  expect(mayChangeNote(byUser, key("usr_author"))).toBe(false);
});

test("a note whose author is forgotten is nobody's own", () => {
  const note = { author: { kind: "user" as const, id: null, name: null } };
  expect(mayChangeNote(note, session("analyst"))).toBe(false);
});

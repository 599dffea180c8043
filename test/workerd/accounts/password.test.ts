import nodeCrypto from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ScryptHasher } from "../../../src/auth/password-hash.ts";
import { call, logIn, registerPerson, signIn } from "../../support/accounts.ts";
import { database } from "../../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

const NEXT = "girafe tambour lessive";

function refuse(): never {
  throw new Error("PBKDF2 was called");
}

async function change(token: string, current_password: string, new_password: string): Promise<Response> {
  return call("POST", "/auth/password", { token, body: { current_password, new_password } });
}

test("a new password replaces the old one and ends every session but the one that changed it", async () => {
  const person = await registerPerson();
  const other = await signIn(person);
  const { access_token: token } = await signIn(person);
  expect((await change(token, person.password, NEXT)).status).toBe(204);
  expect((await call("GET", "/auth/me", { token })).status).toBe(200);
  expect((await call("GET", "/auth/me", { token: other.access_token })).status).toBe(401);
  const { refresh_token } = other;
  expect((await call("POST", "/auth/refresh", { body: { refresh_token } })).status).toBe(401);
  expect((await logIn(person)).status).toBe(401);
  expect((await logIn(person, { password: NEXT })).status).toBe(200);
});

test("without the current password nothing changes", async () => {
  const person = await registerPerson();
  const { access_token: token } = await signIn(person);
  const response = await change(token, "not the one", NEXT);
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: "auth.password_refused" });
  expect((await logIn(person)).status).toBe(200);
});

test("of two changes at once one holds, and the other is refused", async () => {
  const person = await registerPerson();
  const { access_token: token } = await signIn(person);
  const nexts = [NEXT, "bouée cactus moutarde"];
  const responses = await Promise.all(nexts.map(async (next) => change(token, person.password, next)));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([204, 403]));
  const held = nexts[responses.findIndex(({ status }) => status === 204)] ?? "";
  expect((await logIn(person, { password: held })).status).toBe(200);
});

test("a password that changes while somebody signs in with the old one gives no session", async () => {
  const person = await registerPerson();
  vi.spyOn(ScryptHasher.prototype, "verify").mockImplementationOnce(async () => {
    await database().query("update users set password_changed_at = now() + interval '1 hour' where id = $1", [
      person.userId,
    ]);
    return { ok: true, outdated: false };
  });
  expect((await logIn(person)).status).toBe(401);
});

test("the new one can't hold the address or the organisation's name; the fault names the member and the fix", async () => {
  const person = await registerPerson();
  const { access_token: token } = await signIn(person);
  for (const guessed of [`${person.email} 2026`, "Atelier des tests !"]) {
    const response = await change(token, person.password, guessed);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "request.invalid",
      errors: [{ in: "body", pointer: "/new_password", fix: expect.stringContaining("Retirez") }],
    });
  }
});

test.each([
  ["200 characters", "une phrase assez longue, ".repeat(7) + "et encore un peu de texte."],
  ["emoji", "👩‍🚀🚀🌕🪐👽🛸☄️🌌🔭🌍🌒⭐🌞"],
  [
    "1,024 bytes",
    Array.from({ length: 90 }, (_, index) => `mot ${index * 7919} `)
      .join("")
      .padEnd(1_024, "é")
      .slice(0, 1_000),
  ],
  ["accents typed as two code points", "été à la plage, forêt".normalize("NFD")],
])("a password of %s signs in, and one that differs at the end does not", async (_, password) => {
  const person = await registerPerson({ password });
  expect((await logIn(person, { password: password.normalize("NFC") })).status).toBe(200);
  expect((await logIn(person, { password: `${password}.` })).status).toBe(401);
});

test("a hash of older parameters signs in, and is brought to the present ones by it", async () => {
  const person = await registerPerson();
  const old = await new ScryptHasher({ ln: 12, r: 8, p: 1 }).hash(person.password);
  await database().query("update users set password_hash = $2 where id = $1", [person.userId, old]);
  expect((await logIn(person)).status).toBe(200);
  const rows = await database().query("select password_hash from users where id = $1", [person.userId]);
  expect(rows[0]?.["password_hash"]).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect((await logIn(person)).status).toBe(200);
});

describe("production refuses PBKDF2 above 100,000 iterations: nothing on the way of a password calls it", () => {
  test("to register, sign in, refresh, change the password and sign out", async () => {
    const spies = [
      vi.spyOn(crypto.subtle, "deriveBits").mockImplementation(refuse),
      vi.spyOn(crypto.subtle, "deriveKey").mockImplementation(refuse),
      vi.spyOn(nodeCrypto, "pbkdf2").mockImplementation(refuse),
      vi.spyOn(nodeCrypto, "pbkdf2Sync").mockImplementation(refuse),
    ];
    const person = await registerPerson();
    const { refresh_token } = await signIn(person);
    const refreshed = await call("POST", "/auth/refresh", { body: { refresh_token } });
    const { access_token: token } = await refreshed.json<{ access_token: string }>();
    expect((await change(token, person.password, NEXT)).status).toBe(204);
    expect((await call("POST", "/auth/logout", { token })).status).toBe(204);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

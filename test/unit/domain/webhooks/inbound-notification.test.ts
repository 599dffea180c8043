import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSiren } from "../../../../src/domain/companies/siren.ts";
import { dedupeKeyOf } from "../../../../src/domain/webhooks/inbound/dedupe-key.ts";
import { MOST_SIRENS, readNotification } from "../../../../src/domain/webhooks/inbound/notification.ts";
import { isResendDue } from "../../../../src/domain/webhooks/inbound/resend-slot.ts";
import { mintSiren } from "../../../support/mint-siren.ts";

const SIREN = mintSiren("one");
const OTHER = mintSiren("other");

describe("a notification of the generic channel", () => {
  test.each([
    ["one SIREN", { siren: SIREN }, [SIREN]],
    ["several, each once", { sirens: [SIREN, OTHER, SIREN] }, [SIREN, OTHER]],
    ["both", { siren: SIREN, sirens: [OTHER] }, [SIREN, OTHER]],
    ["digits with spaces", { siren: SIREN.replace(/(...)(?=.)/g, "$1 ") }, [SIREN]],
    ["wrong ones beside a right one", { sirens: ["1", 2, null, SIREN] }, [SIREN]],
  ])("names its companies: %s", (_, data, sirens) => {
    const read = readNotification("generic", { type: "company.changed", timestamp: "now", data });
    expect(read).toEqual({ ok: true, notification: { sirens, about: { type: "company.changed" } } });
  });

  test.each([
    ["a list", [], [], "hooks.not_object"],
    ["null", null, [], "hooks.not_object"],
    ["no type", { data: { siren: SIREN } }, ["type"], "hooks.type"],
    ["a sentence for a type", { type: "Jean a changé", data: { siren: SIREN } }, ["type"], "hooks.type"],
    ["no data", { type: "a" }, ["data", "siren"], "hooks.no_siren"],
    ["a wrong check digit", { type: "a", data: { siren: "123456789" } }, ["data", "siren"], "hooks.no_siren"],
  ])("is refused by the field that is wrong: %s", (_, body, path, fault) => {
    expect(readNotification("generic", body)).toEqual({ ok: false, path, fault });
  });
});

describe("a notification of Pappers", () => {
  const change = {
    siren: SIREN,
    details_entreprise: { nom_entreprise: "ATELIERS DURAND" },
    information: null,
    enseigne: [],
    capital: 1_000,
    nouveau_dirigeant: [{ prenom: ["Michel"], nom: "DURAND", date_de_naissance_rgpd: "1961-03" }],
  };

  test("leaves nothing behind but the company and the names of what changed", () => {
    const read = readNotification("pappers", change);
    const about = { changed: ["capital", "details_entreprise", "nouveau_dirigeant"] };
    expect(read).toEqual({ ok: true, notification: { sirens: [SIREN], about } });
    expect(JSON.stringify(read)).not.toMatch(/DURAND|Michel|1961/);
  });

  test("may come as a list", () => {
    const read = readNotification("pappers", [change, { siren: OTHER, statut_rcs: {} }, "noise"]);
    const changed = ["capital", "details_entreprise", "nouveau_dirigeant", "statut_rcs"];
    expect(read).toEqual({ ok: true, notification: { sirens: [SIREN, OTHER], about: { changed } } });
  });

  test.each([
    ["a text", "x", [], "hooks.not_object"],
    ["an empty list", [], [], "hooks.not_object"],
    ["no SIREN", { capital: 1 }, ["siren"], "hooks.no_siren"],
    ["a list without one", [{ capital: 1 }], [0, "siren"], "hooks.no_siren"],
  ])("is refused by the field that is wrong: %s", (_, body, path, fault) => {
    expect(readNotification("pappers", body)).toEqual({ ok: false, path, fault });
  });

  test("names at most a thousand companies", () => {
    const list = Array.from({ length: MOST_SIRENS + 1 }, (_, n) => ({ siren: mintSiren(`many ${n}`) }));
    expect(readNotification("pappers", list)).toMatchObject({ ok: false, fault: "hooks.too_many_sirens" });
    expect(readNotification("pappers", list.slice(1))).toMatchObject({ ok: true });
  });
});

test("whatever a sender writes is read or refused, and only valid SIRENs are kept", () => {
  const result = fc.check(
    fc.property(fc.constantFrom("generic", "pappers"), fc.jsonValue(), (channel, body) => {
      const read = readNotification(channel, body);
      const kept = read.ok ? read.notification.sirens : [SIREN];
      return kept.length > 0 && kept.every((siren) => parseSiren(siren).ok);
    }),
  );
  expect(result.counterexample).toBeNull();
});

describe("the same notification", () => {
  const DAY = 86_400_000;
  const at = Date.parse("2026-11-20T10:00:00Z");

  test("is known by its sender's id", async () => {
    const first = await dedupeKeyOf("generic", { sentId: "msg_1", body: "a", at });
    expect(await dedupeKeyOf("generic", { sentId: "msg_1", body: "b", at: at + DAY })).toBe(first);
    expect(await dedupeKeyOf("generic", { sentId: "msg_2", body: "a", at })).not.toBe(first);
    expect((await dedupeKeyOf("generic", { sentId: "m".repeat(5_000), body: "a", at })).length).toBeLessThan(
      200,
    );
  });

  test("is known by its body, within a day, when it has no id", async () => {
    const first = await dedupeKeyOf("pappers", { sentId: "msg_1", body: "a", at });
    expect(await dedupeKeyOf("pappers", { sentId: null, body: "a", at: at + 1_000 })).toBe(first);
    expect(await dedupeKeyOf("pappers", { sentId: null, body: "b", at })).not.toBe(first);
    expect(await dedupeKeyOf("pappers", { sentId: null, body: "a", at: at + DAY })).not.toBe(first);
  });
});

test("what waits is sent again ever more rarely: 13 times in a month", () => {
  const slot = 5 * 60_000;
  const runs = Array.from({ length: (30 * 86_400_000) / slot }, (_, n) => n * slot + 1_234);
  const due = runs.filter((waited) => isResendDue(waited, slot)).map((waited) => Math.floor(waited / slot));
  expect(due.slice(0, 4)).toEqual([2, 4, 8, 16]);
  expect(due).toHaveLength(13);
});

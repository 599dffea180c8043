import { describe, expect, test } from "vitest";
import masked from "../../../fixtures/providers/kaspr/masked.json" with { type: "json" };
import michel from "../../../fixtures/providers/kaspr/michel-durand.json" with { type: "json" };
import noCredits from "../../../fixtures/providers/kaspr/no-credits.json" with { type: "json" };
import { answering, ask, KEY, NOW, PERSON, recordOf, upstream } from "../provider-under-test.ts";

type Answers = Parameters<typeof upstream>;
const lookUp = (linkedin: (typeof PERSON)[], ...answers: Answers) =>
  ask("kaspr", upstream(...answers).http, { linkedin });
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ nom: `N${index}`, profil: `p${index}` }));

test("without a profile it says what it needs", async () => {
  expect(await lookUp([], answering(200, michel))).toMatchObject({
    kind: "failed",
    failure: { reason: "linkedin_profile_required" },
    credits: 0,
  });
});

test("posts the bare profile name with the key in a header", async () => {
  const { http, requests } = upstream(answering(200, michel));
  await ask("kaspr", http, { linkedin: [PERSON] });
  const [request] = requests;
  expect(request?.method).toBe("POST");
  expect(request?.url).toBe("https://api.developers.kaspr.io/profile/linkedin");
  expect(request?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  expect(request?.headers.get("accept-version")).toBe("v2.0");
  expect(request?.headers.get("content-type")).toBe("application/json");
  expect(await request?.json()).toEqual({
    id: "michel-durand-1a2b3c",
    name: "Michel Durand",
    dataToGet: ["workEmail", "phone"],
  });
});

test("the documented profile: business data only, three credits", async () => {
  const answer = await lookUp([PERSON], answering(200, michel));
  expect(answer).toMatchObject({ kind: "found", credits: 3, partial: false });
  expect(recordOf(answer).contacts).toEqual([
    {
      nom: "Michel Durand",
      fonction: "Président",
      email_professionnel: "m.durand@ateliers-durand.example",
      telephone: "+33 6 12 34 56 78",
      linkedin: "michel-durand-1a2b3c",
      source: "kaspr",
      collected_at: new Date(NOW).toISOString(),
    },
  ]);
});

test("masked values are not contacts; the export is billed all the same", async () => {
  const answer = await lookUp([PERSON], answering(200, masked));
  expect(answer).toMatchObject({ kind: "found", credits: 1 });
  expect(recordOf(answer).contacts).toMatchObject([{ email_professionnel: null, telephone: null }]);
});

test("first-version keys are read", async () => {
  const profile = { professionalEmail: "a@b.example", phone: "+33 1 00 00 00 00" };
  expect(recordOf(await lookUp([PERSON], answering(200, { profile }))).contacts).toMatchObject([
    { nom: "Michel Durand", email_professionnel: "a@b.example", telephone: "+33 1 00 00 00 00" },
  ]);
});

describe("refusals", () => {
  test.each([
    { name: "400", answers: [answering(400, "")], reason: "rejected" },
    { name: "401", answers: [answering(401, "")], reason: "invalid_key" },
    { name: "403", answers: [answering(403, "")], reason: "invalid_key" },
    { name: "402 twice", answers: [answering(402, ""), answering(402, "")], reason: "quota_exhausted" },
    { name: "500 is mostly our fault", answers: [answering(500, "")], reason: "rejected" },
    { name: "503", answers: [answering(503, "")], reason: "unavailable" },
    { name: "no credits in a success", answers: [answering(200, noCredits)], reason: "quota_exhausted" },
    {
      name: "redirection",
      answers: [answering(302, "", { location: "https://x.example" })],
      reason: "rejected",
    },
  ])("$name → $reason", async ({ answers, reason }) => {
    expect(await lookUp([PERSON], ...answers)).toMatchObject({
      kind: "failed",
      failure: { reason },
      credits: 0,
    });
  });

  test.each([
    ["404", answering(404, "")],
    ["a message about the person", answering(200, { message: "Profile not found" })],
    ["nothing at all", answering(200, {})],
  ])("%s is not found", async (_, answer) => {
    expect(await lookUp([PERSON], answer)).toEqual({ kind: "not_found", credits: 0 });
  });
});

test("no phone credit: once more without the phone, and the answer says it is incomplete", async () => {
  const profile = { ...michel.profile, phones: [], starryPhone: null };
  const { http, requests } = upstream(answering(402, ""), answering(200, { profile }));
  const answer = await ask("kaspr", http, { linkedin: [PERSON] });
  expect(answer).toMatchObject({ kind: "found", partial: true, credits: 2 });
  expect(requests).toHaveLength(2);
  expect(await requests[1]?.json()).toMatchObject({ dataToGet: ["workEmail"] });
});

describe("several profiles", () => {
  test("no more than five are asked for, and the answer says it is incomplete", async () => {
    const { http, requests } = upstream(answering(200, michel));
    expect(await ask("kaspr", http, { linkedin: people(7) })).toMatchObject({ partial: true, credits: 15 });
    expect(requests).toHaveLength(5);
  });

  test("some unknown is no failure", async () => {
    const answer = await lookUp(people(2), answering(404, ""), answering(200, michel));
    expect(answer).toMatchObject({ kind: "found", partial: false });
  });

  test("found before the credits end: partial, and nobody else is asked for", async () => {
    const { http, requests } = upstream(
      answering(200, michel),
      answering(200, noCredits),
      answering(200, michel),
    );
    expect(await ask("kaspr", http, { linkedin: people(3) })).toMatchObject({
      kind: "found",
      partial: true,
      credits: 3,
    });
    expect(requests).toHaveLength(2);
  });

  test("one bad request does not stop the others", async () => {
    const answer = await lookUp(people(2), answering(400, ""), answering(200, michel));
    expect(answer).toMatchObject({ kind: "found", partial: true });
  });
});

test.each([
  ["https://www.linkedin.com/in/jean-h%C3%A9ron-1/?x=1", "jean-héron-1"],
  ["fr.linkedin.com/in/abc", "abc"],
  ["abc", "abc"],
])("profile %s is asked for as %s", async (profil, id) => {
  const { http, requests } = upstream(answering(200, michel));
  await ask("kaspr", http, { linkedin: [{ nom: "X", profil }] });
  expect(await requests[0]?.json()).toMatchObject({ id });
});

test.each(["", "https://www.linkedin.com/sales/lead/ACw", "jean dupont", "%E0%A4%A/"])(
  "profile %j is refused without a call",
  async (profil) => {
    const { http, requests } = upstream(answering(200, michel));
    const answer = await ask("kaspr", http, { linkedin: [{ nom: "X", profil }] });
    expect(answer).toMatchObject({ failure: { reason: "rejected" } });
    expect(requests).toHaveLength(0);
  },
);

import fc from "fast-check";
import { expect, test } from "vitest";
import { PIPELINE_STATUSES, STATUS_LABELS, statusCounts } from "../../../../src/domain/pipeline/status.ts";
import { placeText, readPlace } from "../../../../src/http/routes/pipeline/schema.ts";

test("a board has a number for every status, with a zero where there is no company", () => {
  const counts = statusCounts([{ status: "offre", companies: 3 }]);
  expect(Object.keys(counts)).toEqual([...PIPELINE_STATUSES]);
  expect(counts).toMatchObject({ offre: 3, signe: 0 });
});

test("every status has a name of its own in both languages", () => {
  for (const language of ["fr", "en"] as const) {
    const names = PIPELINE_STATUSES.map((status) => STATUS_LABELS[status][language]);
    expect(new Set(names).size).toBe(PIPELINE_STATUSES.length);
  }
});

test("a cursor of the pipeline leads back to the very place it was made of, and other text leads nowhere", () => {
  const moment = fc.integer({ min: 0, max: Date.parse("3000-01-01T00:00:00Z") });
  const siren = fc.integer({ min: 0, max: 999_999_999 }).map((number) => String(number).padStart(9, "0"));
  fc.assert(
    fc.property(moment, siren, (changedAt, one) => {
      expect(readPlace(placeText({ changedAt, siren: one }))).toEqual({ changedAt, siren: one });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^[0-9a-z]{9}-\d{9}$/.test(text));
      expect(readPlace(text)).toBeNull();
    }),
  );
});

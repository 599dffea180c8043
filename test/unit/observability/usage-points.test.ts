import { expect, test } from "vitest";
import { type PointSink, UsagePoints } from "../../../src/observability/usage-points.ts";

const REQUEST = {
  organisationId: "org_a",
  endpoint: "GET /api/v2/companies/{siren}",
  status: 404,
  cache: "kv",
  durationMs: 12,
  queries: 2,
  credits: 1,
};
const ENRICHMENT = { organisationId: "org_a", sources: ["bodacc", "pappers"], durationMs: 900, credits: 1 };

test("a request and an enrichment are one point each, found by their organisation", () => {
  const written: Parameters<PointSink["writeDataPoint"]>[0][] = [];
  const points = new UsagePoints({ writeDataPoint: (point) => void written.push(point) });
  points.request(REQUEST);
  points.enrichment({ ...ENRICHMENT, score: 61 });
  points.enrichment({ ...ENRICHMENT, score: null });
  expect(written).toEqual([
    {
      indexes: ["org_a"],
      blobs: ["request", "GET /api/v2/companies/{siren}", "4xx", "kv"],
      doubles: [12, 2, 1],
    },
    { indexes: ["org_a"], blobs: ["enrichment", "bodacc pappers"], doubles: [900, 0, 1, 61] },
    { indexes: ["org_a"], blobs: ["enrichment", "bodacc pappers"], doubles: [900, 0, 1, -1] },
  ]);
});

test("a data set that is not bound, or refuses, is nobody's trouble", () => {
  const refusing = {
    writeDataPoint: () => {
      throw new Error("too many points");
    },
  };
  for (const sink of [undefined, refusing])
    expect(() => new UsagePoints(sink).request(REQUEST)).not.toThrow();
});

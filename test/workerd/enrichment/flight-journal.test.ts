import { abortAllDurableObjects } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { metrics } from "../../../src/observability/metric-buffer.ts";
import { mintWorld } from "../../support/world.ts";

const WAIT = { timeout: 10_000, interval: 50 };

/** Postgres refuses every write to this table, and only for this company, until it is lifted. */
async function refuseWrites(
  world: Awaited<ReturnType<typeof mintWorld>>,
  siren: string,
): Promise<() => Promise<void>> {
  const name = `refuse_${siren}`;
  await world.database.query(
    `alter table company_sources add constraint ${name} check (siren <> '${siren}') not valid`,
  );
  return async () => {
    await world.database.query(`alter table company_sources drop constraint ${name}`);
  };
}

test("a paid answer that Postgres refused outlives its object, is not bought twice, is stored in the end, and the fault told", async () => {
  const count = vi.spyOn(metrics, "count");
  const world = await mintWorld();
  const siren = world.siren();
  const lift = await refuseWrites(world, siren);
  const first = await world.enrich({ siren, sources: ["pappers"] });
  expect(first.status).toBe(200);
  const told = () => count.mock.calls.filter(([name]) => name === "errors_reported_total");
  await vi.waitFor(() => expect(told()).toEqual([["errors_reported_total", { result: "sent" }]]), WAIT);
  await lift();
  await abortAllDurableObjects();

  const second = await world.enrich({ siren, sources: ["pappers", "bodacc"] });
  expect(second.status).toBe(200);
  expect(await world.calls(siren)).toMatchObject({ pappers: 1, bodacc: 1 });
  const rows = await world.database.query("select source from company_sources where siren = $1 order by 1", [
    siren,
  ]);
  expect(rows.map(({ source }) => source)).toEqual(["bodacc", "pappers"]);
});

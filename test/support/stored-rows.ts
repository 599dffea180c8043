import { env } from "cloudflare:workers";
import type { World } from "./world.ts";

export const HOUR_MS = 3_600_000;

/** $2 milliseconds earlier, in the form in which states hold instants. */
const shifted = (field: string) =>
  `to_jsonb(to_char((state ->> '${field}')::timestamptz at time zone 'utc' - $2 * interval '1 millisecond',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;

/** Makes what is stored of a company look as if it had been read `ms` earlier; copies in caches stay as they are. */
export async function ageStored(world: World, siren: string, ms: number): Promise<void> {
  await world.database.query(
    `update company_sources set state = state
       || jsonb_build_object('retrieved_at', ${shifted("retrieved_at")}, 'fresh_until', ${shifted("fresh_until")}),
       retrieved_at = retrieved_at - $2 * interval '1 millisecond',
       fresh_until = fresh_until - $2 * interval '1 millisecond'
     where siren = $1`,
    [siren, ms],
  );
}

export async function dropCopies(world: World, siren: string): Promise<void> {
  const response = await world.request(`/api/v2/companies/${siren}/cache`, { method: "DELETE" });
  if (response.status !== 204) throw new Error(`the cache was not dropped: ${response.status}`);
}

/** Ages what is stored, and leaves every cache with nothing but that. */
export async function ageEverywhere(world: World, siren: string, ms: number): Promise<void> {
  await ageStored(world, siren, ms);
  await dropCopies(world, siren);
}

/** Drops the copies of one level only. */
export const dropLevel = {
  edge: async (siren: string): Promise<void> => {
    await caches.default.delete(`https://api.invalid/__cache/company/v1/${siren}`);
  },
  kv: async (siren: string): Promise<void> => env.COMPANY_CACHE.delete(`company:v1:${siren}`),
} as const;

export async function countRows(world: World, table: string, siren: string): Promise<number> {
  const [row] = await world.database.query(`select count(*)::int as n from ${table} where siren = $1`, [
    siren,
  ]);
  return row?.["n"] ?? 0;
}

import type { Client } from "pg";
import { CompanyGenerator } from "./company-generator.ts";
import { median, percentile } from "./statistics.ts";

const UPDATE = `
update companies set ma_score = $2, chiffre_affaires = $3, last_scraped_at = $4::timestamptz, facts_hash = $5
where siren = $1`;
const WAL = "select pg_current_wal_insert_lsn()::text as lsn";
const WAL_BETWEEN = "select pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn)::float8 as bytes";

/** What the indexes cost the writer: companies that are refreshed with another score, turnover and time, then undone. */
export async function upsertReport(client: Client, runs: number): Promise<string> {
  const generator = new CompanyGenerator("companies");
  const times: number[] = [];
  await client.query("begin");
  const before = await lsn(client);
  for (let run = 0; run < runs; run++) {
    const { siren, facts_hash } = generator.next();
    const startedAt = performance.now();
    await client.query(UPDATE, [siren, run % 100, run * 1_000, new Date().toISOString(), facts_hash]);
    times.push(performance.now() - startedAt);
  }
  const after = await lsn(client);
  await client.query("rollback");
  const { rows } = await client.query<{ bytes: number }>(WAL_BETWEEN, [after, before]);
  const perWrite = (rows[0]?.bytes ?? 0) / runs;
  return [
    "WRITING: one company refreshed (score, turnover, time), all indexes kept up; without the commit.",
    `p50 ${median(times).toFixed(2)} ms, p95 ${percentile(times, 95).toFixed(2)} ms, ${(perWrite / 1024).toFixed(1)} KiB of write-ahead log each.`,
  ].join("\n");
}

async function lsn(client: Client): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>(WAL);
  return rows[0]?.lsn ?? "0/0";
}

import type { Client } from "pg";

export interface StatementRow {
  query: string;
  calls: number;
  total_ms: number;
  mean_ms: number;
  max_ms: number;
  rows: number;
  /** Share of blocks found in the server's memory; null: none was read. */
  hit_share: number | null;
}

export interface IndexRow {
  table_name: string;
  index_name: string;
  bytes: number;
}

export interface TableRow {
  table_name: string;
  live_rows: number;
  dead_rows: number;
  table_bytes: number;
  index_bytes: number;
  last_vacuum: Date | null;
}

export interface ScanRow {
  table_name: string;
  live_rows: number;
  seq_scans: number;
  rows_per_scan: number;
  index_scans: number;
}

export interface DatabaseReport {
  /** Since when the statements are counted. */
  since: Date | null;
  by_total: StatementRow[];
  by_mean: StatementRow[];
  /** However seldom they were called: each combination of filters is a statement of its own. */
  by_max: StatementRow[];
  unused_indexes: IndexRow[];
  tables: TableRow[];
  whole_reads: ScanRow[];
}

export interface ReportLimits {
  limit: number;
  /** Of the averages only: one of few calls says little. */
  minCalls: number;
}

// pg_stat_statements puts $1 where a literal was; what it could not normalise (commands such as SET) is left out.
const STATEMENTS = (order: "total_exec_time" | "mean_exec_time" | "max_exec_time"): string => `
select query, calls::int, total_exec_time as total_ms, mean_exec_time as mean_ms, max_exec_time as max_ms,
  s.rows::float8 as rows, shared_blks_hit::float8 / nullif(shared_blks_hit + shared_blks_read, 0) as hit_share
from pg_stat_statements s
where dbid = (select oid from pg_database where datname = current_database())
  and query ~* '^\\s*(select|insert|update|delete|with|refresh|explain|merge)\\M'
  and query !~ 'pg_stat_|pg_catalog' and query !~ '''' and calls >= $2
order by ${order} desc limit $1`;

const SINCE = "select stats_reset as since from pg_stat_statements_info";

const UNUSED = `
select s.relname as table_name, s.indexrelname as index_name, pg_relation_size(s.indexrelid)::float8 as bytes
from pg_stat_user_indexes s join pg_index i on i.indexrelid = s.indexrelid
where s.idx_scan = 0 and not i.indisunique
order by 3 desc, 2 limit $1`;

const TABLES = `
select relname as table_name, n_live_tup::float8 as live_rows, n_dead_tup::float8 as dead_rows,
  pg_table_size(relid)::float8 as table_bytes, pg_indexes_size(relid)::float8 as index_bytes,
  greatest(last_vacuum, last_autovacuum) as last_vacuum
from pg_stat_user_tables order by pg_total_relation_size(relid) desc limit $1`;

/** Smaller tables are read whole on purpose. */
const LARGE_ROWS = 10_000;

const WHOLE_READS = `
select relname as table_name, n_live_tup::float8 as live_rows, seq_scan::float8 as seq_scans,
  seq_tup_read::float8 / nullif(seq_scan, 0) as rows_per_scan, coalesce(idx_scan, 0)::float8 as index_scans
from pg_stat_user_tables where n_live_tup >= ${LARGE_ROWS} and seq_scan > 0
order by seq_tup_read desc limit $1`;

/** What the server counted; nothing that somebody sent is in it. */
export async function readDatabaseReport(
  client: Client,
  { limit, minCalls }: ReportLimits,
): Promise<DatabaseReport> {
  const read = async <Row extends object>(text: string, params: unknown[] = [limit]): Promise<Row[]> =>
    (await client.query<Row>(text, params)).rows;
  const [since] = await read<{ since: Date | null }>(SINCE, []);
  return {
    since: since?.since ?? null,
    by_total: await read<StatementRow>(STATEMENTS("total_exec_time"), [limit, 1]),
    by_mean: await read<StatementRow>(STATEMENTS("mean_exec_time"), [limit, minCalls]),
    by_max: await read<StatementRow>(STATEMENTS("max_exec_time"), [limit, 1]),
    unused_indexes: await read<IndexRow>(UNUSED),
    tables: await read<TableRow>(TABLES),
    whole_reads: await read<ScanRow>(WHOLE_READS),
  };
}

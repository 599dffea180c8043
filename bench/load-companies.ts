import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CompanyGenerator, type GeneratedCompany } from "./company-generator.ts";
import { tellProgress } from "./tell-progress.ts";

export interface Load {
  rows: number;
  copySeconds: number;
  indexSeconds: number;
  vacuumSeconds: number;
}

interface IndexRow {
  name: string;
  definition: string;
}

const SEED = "companies";
/** About a megabyte of text. */
const ROWS_PER_CHUNK = 2_500;

const COLUMNS: readonly (keyof GeneratedCompany)[] = [
  "siren",
  "nom_entreprise",
  "statut",
  "diffusion",
  "code_naf",
  "code_naf_2025",
  "forme_juridique",
  "categorie_entreprise",
  "date_creation",
  "tranche_effectif",
  "effectif",
  "chiffre_affaires",
  "resultat",
  "ville",
  "code_postal",
  "departement",
  "region",
  "ma_score",
  "score_confidence",
  "score",
  "facts_hash",
  "first_seen_at",
  "last_scraped_at",
];

const SECONDARY_INDEXES = `
select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = 'companies'::regclass and not i.indisprimary order by 1`;

export async function companiesHeld(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>("select count(*)::int as count from companies");
  return rows[0]?.count ?? 0;
}

/** Replaces what is in `companies` by generated ones: without secondary indexes, which are then made again as they were. */
export async function loadCompanies(client: Client, rows: number, signal: AbortSignal): Promise<Load> {
  const { rows: indexes } = await client.query<IndexRow>(SECONDARY_INDEXES);
  for (const { name } of indexes) await client.query(`drop index ${client.escapeIdentifier(name)}`);
  await client.query("truncate companies cascade");
  const copySeconds = await timed(() => copy(client, rows, signal));
  const indexSeconds = await timed(async () => {
    for (const { name, definition } of indexes) {
      signal.throwIfAborted();
      tellProgress(`index ${name}`);
      await client.query(definition);
    }
  });
  tellProgress("vacuum analyze");
  const vacuumSeconds = await timed(() => client.query("vacuum (analyze) companies"));
  return { rows, copySeconds, indexSeconds, vacuumSeconds };
}

async function copy(client: Client, rows: number, signal: AbortSignal): Promise<void> {
  const sink = client.query(copyFrom(`copy companies (${COLUMNS.join(", ")}) from stdin`));
  await pipeline(Readable.from(chunks(rows), { highWaterMark: 4 }), sink, { signal });
}

function* chunks(rows: number): Generator<string> {
  const generator = new CompanyGenerator(SEED);
  for (let done = 0; done < rows; done += ROWS_PER_CHUNK) {
    tellProgress(`rows ${done.toLocaleString("en-GB")} of ${rows.toLocaleString("en-GB")}`);
    let chunk = "";
    for (let row = done; row < Math.min(rows, done + ROWS_PER_CHUNK); row++)
      chunk += copyLine(generator.next());
    yield chunk;
  }
}

function copyLine(company: GeneratedCompany): string {
  const cells = COLUMNS.map((column) => {
    const value = company[column];
    return value === null ? "\\N" : String(value).replaceAll("\\", "\\\\");
  });
  return `${cells.join("\t")}\n`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

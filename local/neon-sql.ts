import { type CustomTypesConfig, type DatabaseError, type PoolClient } from "pg";
import { z } from "zod";

/** Neon's isolation names on the wire, and Postgres's. */
const ISOLATION = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
} as const;

const Query = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
export const SqlBody = z.union([z.object({ queries: z.array(Query) }), Query]);

export const BatchMode = z.object({
  isolation: z.enum(["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"]).optional(),
  readOnly: z.boolean(),
  deferrable: z.boolean(),
});

type Query = z.infer<typeof Query>;
type BatchMode = z.infer<typeof BatchMode>;

interface SqlResult {
  fields: { name: string; dataTypeID: number }[];
  command: string;
  rowCount: number;
  rows: unknown[][];
  rowAsArray: true;
}

/** The driver parses values itself (`Neon-Raw-Text-Output`): hand on Postgres's own text. */
const RAW_TEXT: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

export async function runQuery(client: PoolClient, { query, params }: Query): Promise<SqlResult> {
  const config = {
    text: query,
    values: params,
    rowMode: "array" as const,
    types: RAW_TEXT,
    // As at Neon, one statement per query, even without parameters.
    queryMode: "extended",
  };
  const { fields, command, rowCount, rows } = await client.query<unknown[]>(config);
  return {
    fields: fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })),
    command,
    rowCount: rowCount ?? 0,
    rows,
    rowAsArray: true,
  };
}

export async function runBatch(client: PoolClient, queries: Query[], mode: BatchMode): Promise<SqlResult[]> {
  await client.query(begin(mode));
  try {
    const results: SqlResult[] = [];
    for (const query of queries) results.push(await runQuery(client, query));
    await client.query("COMMIT");
    return results;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

function begin({ isolation, readOnly, deferrable }: BatchMode): string {
  const words = ["BEGIN"];
  if (isolation !== undefined) words.push("ISOLATION LEVEL", ISOLATION[isolation]);
  if (readOnly) words.push("READ ONLY");
  if (deferrable) words.push("DEFERRABLE");
  return words.join(" ");
}

/** The fields that the driver copies onto its NeonDbError. */
export function errorFields(error: DatabaseError): Record<string, unknown> {
  const { message, severity, code, detail, hint, position, internalPosition, internalQuery, where } = error;
  const { schema, table, column, dataType, constraint, file, line, routine } = error;
  return {
    message,
    severity,
    code,
    detail,
    hint,
    position,
    internalPosition,
    internalQuery,
    where,
    schema,
    table,
    column,
    dataType,
    constraint,
    file,
    line,
    routine,
  };
}

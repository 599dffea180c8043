import { z } from "zod";
import type { Author } from "../../domain/pipeline/author.ts";

const Row = z.object({
  author_kind: z.enum(["user", "key"]),
  author_id: z.string().nullable(),
  author_name: z.string().nullable(),
});

/** `author_…` of a table that says of its rows who made them, by the columns `<prefix>_kind` and `<prefix>_id`. */
export function authorColumns(prefix: string): string {
  const [kind, id] = [`${prefix}_kind`, `${prefix}_id`];
  return `${kind} as author_kind, ${id} as author_id, case ${kind}
    when 'user' then (select u.name from users u where u.id = ${id})
    when 'key' then (select k.name from api_keys k where k.id = ${id}) end as author_name`;
}

/** Reads a row that has `authorColumns`. */
export function authorOf(found: unknown): Author {
  const row = Row.parse(found);
  return { kind: row.author_kind, id: row.author_id, name: row.author_name };
}

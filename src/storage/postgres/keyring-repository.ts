import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import type { DataKeyStore, WrappedKey } from "../../domain/accounts/data-key-store.ts";
import { KEY_PURPOSES } from "../../domain/accounts/keyring.ts";
import { audited } from "./audited.ts";
import type { Statement } from "./database.ts";

/** Runs one statement: over Neon in the Worker, over a plain connection from the command line. */
export type RunStatement = (statement: Statement) => Promise<unknown[]>;

const Row = z.object({
  id: z.string(),
  purpose: z.enum(KEY_PURPOSES),
  generation: z.number(),
  wrapped: z.string(),
  created_at: z.date(),
});

// A later version may have keys of purposes that this one does not know: after a rollback they are not its business.
const LIST = "select * from encryption_keys where purpose = any($1::text[]) order by generation";

const ADD = `
insert into encryption_keys (id, purpose, generation, wrapped, created_at) values ($1, $2, $3, $4, $5)
on conflict (purpose, generation) do nothing returning id`;

const REWRAP = "update encryption_keys set wrapped = $3 where id = $1 and wrapped = $2 returning id";

export class KeyringRepository implements DataKeyStore {
  readonly #run: RunStatement;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  async list(): Promise<WrappedKey[]> {
    const rows = await this.#run({ text: LIST, params: [KEY_PURPOSES] });
    return z
      .array(Row)
      .parse(rows)
      .map(({ created_at, ...row }) => ({
        ...row,
        createdAt: created_at.toISOString(),
      }));
  }

  async add(key: WrappedKey, record: AuditRecord | null): Promise<boolean> {
    const { id, purpose, generation, wrapped, createdAt } = key;
    const statement = { text: ADD, params: [id, purpose, generation, wrapped, createdAt] };
    const rows = await this.#run(record === null ? statement : audited(statement, record));
    return rows.length === 1;
  }

  async rewrap(
    id: string,
    { from, to }: { from: string; to: string },
    record: AuditRecord,
  ): Promise<boolean> {
    return (await this.#run(audited({ text: REWRAP, params: [id, from, to] }, record))).length === 1;
  }
}

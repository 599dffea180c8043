import { z } from "zod";
import type { SealedSecret, SealedSecretStore } from "../../domain/accounts/reseal-secrets.ts";
import { totpContext } from "../../domain/accounts/totp-context.ts";
import { secretContext } from "../../domain/webhooks/endpoint.ts";
import type { RunStatement } from "./keyring-repository.ts";

/** Every column that holds a secret sealed with a data key; its row's id follows the name to make a place. */
const COLUMNS = [
  { table: "users", column: "totp_secret", contextOf: totpContext },
  { table: "webhook_endpoints", column: "previous_secret", contextOf: secretContext },
  { table: "webhook_endpoints", column: "secret", contextOf: secretContext },
] as const;

const nameOf = ({ table, column }: (typeof COLUMNS)[number]): string => `${table}.${column}:`;

const Row = z.object({ name: z.string(), id: z.string(), sealed: z.string() });

const LIST = `
select name, id, sealed from (${COLUMNS.map(
  (one) => `select '${nameOf(one)}' as name, id, ${one.column} as sealed from ${one.table}`,
).join(" union all ")}) all_secrets
where sealed is not null and split_part(sealed, ':', 1) <> $1 and (name || id) collate "C" > $2
order by (name || id) collate "C" limit $3`;

export class SealedSecretRepository implements SealedSecretStore {
  readonly #run: RunStatement;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  async listSealedOtherwise(
    keyId: string,
    { after, limit }: { after: string; limit: number },
  ): Promise<SealedSecret[]> {
    const rows = await this.#run({ text: LIST, params: [keyId, after, limit] });
    return rows.flatMap((row) => {
      const { name, id, sealed } = Row.parse(row);
      const kept = COLUMNS.find((one) => nameOf(one) === name);
      return kept === undefined ? [] : [{ place: name + id, context: kept.contextOf(id), sealed }];
    });
  }

  async replace(place: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    const kept = COLUMNS.find((one) => place.startsWith(nameOf(one)));
    if (kept === undefined) throw new Error("no such place of a sealed secret");
    const { table, column } = kept;
    const text = `update ${table} set ${column} = $3 where id = $1 and ${column} = $2 returning id`;
    const id = place.slice(nameOf(kept).length);
    return (await this.#run({ text, params: [id, from, to] })).length === 1;
  }
}

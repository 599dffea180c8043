import { z } from "zod";
import type { SealedSecret, SealedSecretStore } from "../../domain/accounts/reseal-secrets.ts";
import type { RunStatement } from "./keyring-repository.ts";

const Row = z.object({ id: z.string(), totp_secret: z.string() });

const LIST = `
select id, totp_secret from users
where totp_secret is not null and split_part(totp_secret, ':', 1) <> $1 and id > $2 order by id limit $3`;

const REPLACE = "update users set totp_secret = $3 where id = $1 and totp_secret = $2 returning id";

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
    return z
      .array(Row)
      .parse(rows)
      .map(({ id, totp_secret }) => ({ userId: id, sealed: totp_secret }));
  }

  async replace(userId: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    return (await this.#run({ text: REPLACE, params: [userId, from, to] })).length === 1;
  }
}

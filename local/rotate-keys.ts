import { parseArgs } from "node:util";
import { Client } from "pg";
import { z } from "zod";
import { MasterKeys } from "../src/config/master-keys.ts";
import { systemAct } from "../src/cron/system-act.ts";
import { KEY_PURPOSES, type KeyPurpose } from "../src/domain/accounts/keyring.ts";
import { type Rotation, rotateKeyring } from "../src/domain/accounts/rotate-keyring.ts";
import { buildKeyring } from "../src/services/keyring-services.ts";
import { describeError, LocalError } from "./local-error.ts";

const Settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, message: "must be a postgres:// URL" }),
  MASTER_KEYS: MasterKeys,
});

/** Replaces the data keys of these purposes now; what is due by age is replaced too. */
export async function rotateKeys(
  settings: z.infer<typeof Settings>,
  purposes: readonly KeyPurpose[],
): Promise<Rotation> {
  const client = new Client({ connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 15_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const run = async ({ text, params }: { text: string; params: unknown[] }): Promise<unknown[]> =>
      (await client.query(text, params)).rows;
    const { rotation } = buildKeyring(run, settings.MASTER_KEYS, Date.now);
    return await rotateKeyring(rotation, systemAct(Date.now()), purposes);
  } finally {
    await client.end();
  }
}

/** Names what is missing or wrong, never its value. */
export function readSettings(env: Record<string, string | undefined>): z.infer<typeof Settings> {
  const parsed = Settings.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new LocalError(`Set DATABASE_URL and MASTER_KEYS as the Worker has them.\n${faults.join("\n")}`);
}

export function readPurposes(args: string[]): readonly KeyPurpose[] {
  const { values } = parseArgs({ args, options: { purpose: { type: "string" } } });
  if (values.purpose === undefined) return KEY_PURPOSES;
  const purpose = KEY_PURPOSES.find((one) => one === values.purpose);
  if (purpose === undefined) throw new LocalError(`--purpose is one of ${KEY_PURPOSES.join(", ")}`);
  return [purpose];
}

if (import.meta.main) {
  try {
    const purposes = readPurposes(process.argv.slice(2));
    const { rotated, rewrapped, resealed } = await rotateKeys(readSettings(process.env), purposes);
    const names =
      rotated.length === 0 ? "none: no key exists yet, or somebody else just did" : rotated.join(", ");
    console.log(
      `New keys: ${names}. Wrapped again: ${rewrapped}. Second factors encrypted again: ${resealed}.`,
    );
  } catch (error) {
    console.error(
      error instanceof LocalError ? error.message : `Nothing more was done: ${describeError(error)}`,
    );
    process.exitCode = 1;
  }
}

import { parseArgs } from "node:util";
import { Client } from "pg";
import { z } from "zod";
import { MasterKeys } from "../src/config/master-keys.ts";
import { systemAct } from "../src/cron/system-act.ts";
import { KEY_PURPOSES, type KeyPurpose } from "../src/domain/accounts/keyring.ts";
import {
  revokeTokenKeys,
  type Rotation,
  type RotationDeps,
  rotateKeyring,
} from "../src/domain/accounts/rotate-keyring.ts";
import { buildKeyring } from "../src/services/keyring-services.ts";
import { describeError, LocalError } from "./local-error.ts";

const Settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, message: "must be a postgres:// URL" }),
  MASTER_KEYS: MasterKeys,
});

type Settings = z.infer<typeof Settings>;

async function withKeyring<Result>(
  settings: Settings,
  work: (rotation: RotationDeps) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 15_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const run = async ({ text, params }: { text: string; params: unknown[] }): Promise<unknown[]> =>
      (await client.query(text, params)).rows;
    const { rotation } = buildKeyring(run, settings.MASTER_KEYS, Date.now);
    return await work(rotation);
  } finally {
    await client.end();
  }
}

/** Replaces the data keys of these purposes now; what is due by age is replaced too. */
export async function rotateKeys(settings: Settings, purposes: readonly KeyPurpose[]): Promise<Rotation> {
  return withKeyring(settings, async (deps) => rotateKeyring(deps, systemAct(Date.now()), purposes));
}

/** A new `jwt` key that voids what those before it signed. False: no key exists yet. */
export async function revokeTokens(settings: Settings): Promise<boolean> {
  return withKeyring(settings, async (deps) => revokeTokenKeys(deps, systemAct(Date.now())));
}

/** Names what is missing or wrong, never its value. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const parsed = Settings.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new LocalError(`Set DATABASE_URL and MASTER_KEYS as the Worker has them.\n${faults.join("\n")}`);
}

/** `revoke`: what older keys signed is void at once; for access tokens only, as others must stay readable. */
export function readOrder(args: string[]): { purposes: readonly KeyPurpose[]; revoke: boolean } {
  const options = { purpose: { type: "string" }, revoke: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args, options });
  const { revoke } = values;
  if (revoke && values.purpose !== "jwt") throw new LocalError("--revoke goes with --purpose jwt");
  if (values.purpose === undefined) return { purposes: KEY_PURPOSES, revoke };
  const purpose = KEY_PURPOSES.find((one) => one === values.purpose);
  if (purpose === undefined) throw new LocalError(`--purpose is one of ${KEY_PURPOSES.join(", ")}`);
  return { purposes: [purpose], revoke };
}

async function carryOut(args: string[]): Promise<string> {
  const { purposes, revoke } = readOrder(args);
  const settings = readSettings(process.env);
  if (revoke) {
    return (await revokeTokens(settings))
      ? "New key: jwt. Isolates that remember the one before refuse its tokens within 5 minutes; deploy to make it now."
      : "No key exists yet.";
  }
  const { rotated, rewrapped, resealed } = await rotateKeys(settings, purposes);
  const names =
    rotated.length === 0 ? "none: no key exists yet, or somebody else just did" : rotated.join(", ");
  return `New keys: ${names}. Wrapped again: ${rewrapped}. Secrets encrypted again: ${resealed}.`;
}

if (import.meta.main) {
  try {
    console.log(await carryOut(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof LocalError ? error.message : `Stopped: ${describeError(error)}`);
    process.exitCode = 1;
  }
}

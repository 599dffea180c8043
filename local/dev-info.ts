import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** What a person or a script needs to talk to the running stack; written to `.data/dev.json`. */
export const DevInfo = z.object({
  url: z.string(),
  api_key: z.string(),
  email: z.string(),
  password: z.string(),
  sandbox_url: z.string(),
  database_url: z.string(),
  metrics_token: z.string(),
  /** Kept from start to start, as the database is. */
  master_keys: z.string(),
});

export type DevInfo = z.infer<typeof DevInfo>;

/** null when there is none yet or it is of another time. */
export function readDevInfo(file: string): DevInfo | null {
  try {
    const parsed = DevInfo.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** It holds a key: nobody else on this machine may read it. */
export function writeSecretFile(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  chmodSync(file, 0o600);
}

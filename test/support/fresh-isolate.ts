import { env } from "cloudflare:workers";

const current: { settings: Env } = { settings: env };

/** What the Worker is called with; it remembers things per object, so that a copy is another isolate to it. */
export function isolate(): Env {
  return current.settings;
}

export function renewIsolate(): void {
  current.settings = { ...env };
}

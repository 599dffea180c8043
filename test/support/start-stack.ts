import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "../../local/migrate.ts";
import { startNeonBridge } from "../../local/neon-bridge.ts";
import { startPostgres } from "../../local/postgres.ts";
import { startSandbox } from "../../local/sandbox/start-sandbox.ts";
import { startOtlpSink } from "../../local/sinks/otlp-sink.ts";
import { startSentrySink } from "../../local/sinks/sentry-sink.ts";
import { newMasterKeys, workerSettings } from "../../local/worker-settings.ts";

declare module "vitest" {
  export interface ProvidedContext {
    workerSettings: Record<string, string>;
  }
}

/** A Postgres, a Neon bridge and a provider sandbox of this run's own, gone with it. */
export default async function startStack(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "ma-test-"));
  const postgres = await startPostgres({ dataDir, durable: false, say: () => undefined });
  await migrate(postgres.url);
  const bridge = await startNeonBridge({ target: `127.0.0.1:${postgres.port}` });
  const sandbox = await startSandbox({ port: 0 });
  const spans = await startOtlpSink({ port: 0 });
  const errors = await startSentrySink({ port: 0 });
  const settings = workerSettings({
    databaseUrl: postgres.url,
    bridgeUrl: bridge.url,
    sandboxUrl: sandbox.url,
    metricsToken: "test-metrics-token",
    masterKeys: newMasterKeys(),
  });
  project.provide("workerSettings", {
    ...settings,
    ENVIRONMENT: "test",
    SANDBOX_URL: sandbox.url,
    // Nothing is recorded unless a test asks for it.
    TRACES_URL: spans.tracesUrl,
    TRACE_SAMPLE: "0",
    SPANS_URL: spans.url,
    SENTRY_DSN: errors.dsn,
    ERRORS_URL: errors.url,
    ENRICH_BUDGET_MS: "4000",
    SOURCE_ATTEMPT_MS: "1500",
    LIMITER_READ_TIMEOUT_MS: "5000",
    METRICS_FLUSH_MS: "never",
  });
  return async () => {
    await Promise.all([sandbox.stop(), bridge.stop(), spans.stop(), errors.stop()]);
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
    if (postgres.folder !== dataDir) rmSync(postgres.folder, { recursive: true, force: true });
  };
}

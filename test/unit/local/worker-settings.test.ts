import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { readDevInfo, writeSecretFile } from "../../../local/dev-info.ts";
import { wranglerEnvironment } from "../../../local/worker-process.ts";
import { formatEnvFile, newMasterKeys, workerSettings } from "../../../local/worker-settings.ts";
import { SOURCE_NAMES } from "../../../src/domain/enrichment/source.ts";

const settings = workerSettings({
  databaseUrl: "postgres://ma:secret@127.0.0.1:5599/ma_intelligence?sslmode=disable",
  bridgeUrl: "http://127.0.0.1:4455",
  sandboxUrl: "http://127.0.0.1:4000",
  metricsToken: "token",
  masterKeys: newMasterKeys(),
});

test("every source has its address in the sandbox and a generous limit", () => {
  const urls: unknown = JSON.parse(settings["SOURCE_BASE_URLS"] ?? "");
  const limits: unknown = JSON.parse(settings["SOURCE_LIMITS"] ?? "");
  for (const source of SOURCE_NAMES) {
    expect(urls).toHaveProperty(source, expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/\w/));
    expect(limits).toHaveProperty(source, [{ limit: 1000, window_ms: 1000 }]);
  }
});

test("the env file gives every value back", () => {
  expect(parseEnv(formatEnvFile(settings))).toEqual(settings);
});

test.each(["it's", "two\nlines", "$HOME"])("a value that would not survive (%j) is refused", (value) => {
  expect(() => formatEnvFile({ NAME: value })).toThrow("NAME holds a character");
});

test("wrangler gets neither a proxy nor an account", () => {
  const env = wranglerEnvironment(
    {
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      all_proxy: "socks://proxy",
      CLOUDFLARE_API_TOKEN: "real",
      WRANGLER_LOG: "debug",
    },
    "/data",
  );
  expect(env).toMatchObject({
    PATH: "/bin",
    no_proxy: "localhost,127.0.0.1",
    WRANGLER_SEND_METRICS: "false",
  });
  const names = Object.keys(env);
  for (const name of ["HTTPS_PROXY", "all_proxy", "CLOUDFLARE_API_TOKEN", "WRANGLER_LOG"]) {
    expect(names).not.toContain(name);
  }
});

test("dev.json is read back, and anything else is as good as none", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-dev-"));
  const file = path.join(folder, "dev.json");
  const info = {
    url: "http://127.0.0.1:8787",
    api_key: "k",
    email: "e",
    password: "correct horse battery",
    master_keys: newMasterKeys(),
    sandbox_url: "s",
    database_url: "d",
    metrics_token: "m",
  };
  expect(readDevInfo(file)).toBeNull();
  writeSecretFile(file, JSON.stringify(info));
  expect(readDevInfo(file)).toEqual(info);
  writeFileSync(file, '{"url": 1}');
  expect(readDevInfo(file)).toBeNull();
  rmSync(folder, { recursive: true });
});

import { builtinModules } from "node:module";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";

/** Of the runtime itself. */
const builtIn = [/^node:/, /^cloudflare:/, ...builtinModules];

/**
 * What the Worker and its tests import from packages. Bundled once: the pool otherwise fetches each of their thousand
 * modules for each test file, which took longer than the tests. What is not named here works all the same, only slower.
 */
const bundled = [
  "@hono/zod-openapi",
  "@microlabs/otel-cf-workers",
  "@neondatabase/serverless",
  "@opentelemetry/api",
  "@zxcvbn-ts/language-common",
  "aws4fetch",
  "csv-parse",
  "csv-parse/sync",
  "drizzle-orm",
  "drizzle-orm/pg-core",
  "fast-check",
  "fast-png",
  "hono",
  "hono/accepts",
  "hono/body-limit",
  "hono/factory",
  "hono/html",
  "hono/http-exception",
  "hono/route",
  "hono/utils/jwt/jwt",
  "multipasta",
  "otplib",
  "standardwebhooks",
  "toucan-js",
  "uqr",
  "zod",
];

/** The Worker of wrangler.toml in workerd, with the database and the sources that `start-stack.ts` starts. */
export const workerd = () =>
  cloudflareTest(({ inject }) => ({
    remoteBindings: false,
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: { bindings: inject("workerSettings") },
  }));

/** How every test in workerd is run. */
export const inWorkerd = {
  globalSetup: ["./test/support/start-stack.ts"],
  setupFiles: ["./test/support/fresh-state.ts", "./test/support/strict-console.ts"],
  isolate: false,
  // Through Vitest's console, a line that comes when its file has ended fails the run, or hangs it.
  disableConsoleIntercept: true,
  deps: { optimizer: { ssr: { enabled: true, include: bundled, rolldownOptions: { external: builtIn } } } },
};

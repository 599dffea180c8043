import path from "node:path";
import { defineConfig } from "vitest/config";
import { inWorkerd, workerd } from "../support/workerd-config.ts";

declare module "vitest" {
  export interface ProvidedContext {
    faults: { seed: number; first: number; schedules: number };
  }
}

/** A whole number of the environment, at least `least`. */
function setting(name: string, fallback: number, least: number): number {
  const text = process.env[name] ?? "";
  const value = text === "" ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${name} must be a whole number of at least ${least}`);
}

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  plugins: [workerd()],
  test: {
    ...inWorkerd,
    name: "faults",
    include: ["test/faults/**/*.test.ts"],
    provide: {
      faults: {
        seed: setting("FAULT_SEED", 1, 0),
        first: setting("FAULT_FIRST", 0, 0),
        schedules: setting("FAULT_SCHEDULES", 200, 1),
      },
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

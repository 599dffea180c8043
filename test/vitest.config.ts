import path from "node:path";
import { defineConfig } from "vitest/config";
import { inWorkerd, workerd } from "./support/workerd-config.ts";

const node = { environment: "node" } as const;

export default defineConfig({
  root: path.resolve(import.meta.dirname, ".."),
  test: {
    coverage: {
      provider: "istanbul",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { "src/domain/**/*.ts": { statements: 90, branches: 85, functions: 90, lines: 90 } },
    },
    projects: [
      { test: { ...node, name: "unit", include: ["test/unit/**/*.test.ts", "test/contract/**/*.test.ts"] } },
      { test: { ...node, name: "scale", include: ["test/scale/**/*.test.ts"] } },
      { test: { ...node, name: "e2e", include: ["test/e2e/**/*.test.ts"] } },
      {
        plugins: [workerd()],
        test: {
          ...inWorkerd,
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: 2,
          // After the unit tests, which take as many processes as there are cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

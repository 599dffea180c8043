import { vi } from "vitest";
import { metrics } from "../../../src/observability/metric-buffer.ts";

/** Amounts by series: the name of a metric and the values of its labels; of times, how many there were. */
export type Series = Record<string, number>;

/** What is counted from now on, in this isolate, objects and consumers included; `clear` forgets it. */
export function listenToMetrics(): { series: (...names: string[]) => Series; clear: () => void } {
  const count = vi.spyOn(metrics, "count");
  const observe = vi.spyOn(metrics, "observe");
  const set = vi.spyOn(metrics, "set");
  return {
    series: (...names) => {
      const told = [
        ...count.mock.calls.map(([name, labels, by = 1]) => ({ name, labels, by })),
        ...observe.mock.calls.map(([name, labels]) => ({ name, labels, by: 1 })),
        ...set.mock.calls.map(([name, labels]) => ({ name, labels, by: 1 })),
      ];
      const sums: Series = {};
      for (const { name, labels, by } of told) {
        if (!names.includes(name)) continue;
        const key = [name, ...Object.values(labels)].join(" ");
        sums[key] = (sums[key] ?? 0) + by;
      }
      return sums;
    },
    clear: () => {
      for (const spy of [count, observe, set]) spy.mockClear();
    },
  };
}

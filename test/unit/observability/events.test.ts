import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COUNTED_EVENTS } from "../../../src/observability/event-metrics.ts";
import { EVENTS, levelOf } from "../../../src/observability/events.ts";
import { METRICS } from "../../../src/observability/metrics.ts";

const SOURCE = new URL("../../../src/", import.meta.url).pathname;
const REGISTERS = ["events.ts", "platform-metrics.ts", "product-metrics.ts", "slos.ts"];

/** What the program consists of, without the lists that it is compared with. */
const FILES = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !REGISTERS.some((name) => path === join("observability", name)))
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), "utf8") }));
const PROGRAM = FILES.map(({ text }) => text).join("\n");

describe("every event", () => {
  test("that the program tells has a level and a text", () => {
    const told = FILES.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/\.event\(\s*"([a-z_]+)"/g), ([, name]) => ({ path, name: name ?? "" })),
    );
    expect(told.length).toBeGreaterThan(40);
    expect(told.filter(({ name }) => EVENTS[name] === undefined)).toEqual([]);
  });

  test("of the register is told somewhere", () => {
    expect(Object.keys(EVENTS).filter((name) => !PROGRAM.includes(`"${name}"`))).toEqual([]);
  });

  test("that metrics are made of is one of the register", () => {
    expect(COUNTED_EVENTS.filter((name) => EVENTS[name] === undefined)).toEqual([]);
  });

  test("is described on the page for operators, with its level", () => {
    const page = readFileSync(new URL("../../../docs/events.md", import.meta.url).pathname, "utf8").replace(
      / +/g,
      " ",
    );
    const missing = Object.entries(EVENTS).filter(
      ([name, { level, help }]) => !page.includes(`| \`${name}\` | ${level} | ${help} |`),
    );
    expect(missing).toEqual([]);
  });

  test("that nobody registered counts as information", () => {
    expect([levelOf("webhook_disabled"), levelOf("no_such_event")]).toEqual(["warn", "info"]);
  });
});

function isRecorded(name: string): boolean {
  const made = Object.entries(METRICS).find(([, metric]) => "counter" in metric && metric.counter === name);
  const recorded = made?.[0] ?? name;
  return new RegExp(`\\.(?:count|observe|set|watch)\\([^;]*?"${recorded}"|name: "${recorded}"`).test(PROGRAM);
}

/** No language model is called yet. */
const NOT_YET = /^llm_/;

describe("every metric", () => {
  const named = Object.entries(METRICS).filter(([name]) => !NOT_YET.test(name));

  test("that is not looked up when it is asked for is recorded somewhere", () => {
    const silent = named.filter(([name, metric]) => {
      const scraped = metric.type === "gauge" && metric.from === "scrape";
      return !scraped && !isRecorded(name);
    });
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});

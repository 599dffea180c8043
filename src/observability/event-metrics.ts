import type { LogLevel } from "./events.ts";
import { metrics } from "./metric-buffer.ts";

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** What the metrics make of an event: the domain tells what happened once, to the log. */
const COUNTED: Readonly<Record<string, (fields: Fields) => void>> = {};

export function countEvent(name: string, level: LogLevel, fields: Fields): void {
  metrics.count("log_events_total", { level });
  COUNTED[name]?.(fields);
}

import { EVENT_LEVELS, type LogLevel, LOG_LEVELS } from "./events.ts";
import { countEvent } from "./event-metrics.ts";
import { currentWork } from "./work.ts";

export type LogFields = Record<string, string | number | boolean | null>;

export interface LoggerOptions {
  /** The least severe level that is written. */
  level: LogLevel;
  write: (line: string) => void;
  now: () => number;
}

/**
 * Writes one JSON line per event, with the ids of the work it belongs to, and counts what the register of metrics
 * counts of it. No key, token, body or personal datum ever goes in.
 */
export class Logger {
  readonly #options: LoggerOptions;
  readonly #least: number;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#least = LOG_LEVELS.indexOf(options.level);
  }

  event(name: string, fields: LogFields): void {
    const level = EVENT_LEVELS[name] ?? "info";
    countEvent(name, level, fields);
    if (LOG_LEVELS.indexOf(level) >= this.#least) this.write(name, level, fields);
  }

  /** Writes, whatever the level, and counts nothing. */
  write(name: string, level: LogLevel, fields: LogFields): void {
    const { now, write } = this.#options;
    const caller = currentWork()?.caller;
    const ids = caller === undefined ? {} : { request_id: caller.requestId, trace_id: caller.trace.traceId };
    write(JSON.stringify({ at: new Date(now()).toISOString(), level, event: name, ...ids, ...fields }));
  }
}

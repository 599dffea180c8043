import { levelOf, type LogLevel, LOG_LEVELS } from "./events.ts";
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

  /** Something happened; how grave it is, the list of events says. */
  event(name: string, fields: LogFields): void {
    this.tell(name, levelOf(name), fields);
  }

  /** As `event`, of something whose gravity depends on how it ended. */
  tell(name: string, level: LogLevel, fields: LogFields): void {
    countEvent(name, level, fields);
    if (LOG_LEVELS.indexOf(level) < this.#least) return;
    const { now, write } = this.#options;
    const head = { at: new Date(now()).toISOString(), level, event: name };
    // Again at the end, so that no field stands in the place of these; the order is that of the first time.
    write(JSON.stringify({ ...head, ...idsOf(), ...fields, ...head }));
  }
}

/** Of the work that it happened in. */
function idsOf(): LogFields {
  const work = currentWork();
  if (work === undefined) return {};
  const { requestId, trace } = work.caller;
  const { organisation_id: organisation } = work.fields;
  const ids = { request_id: requestId, trace_id: trace.traceId };
  return organisation === undefined ? ids : { ...ids, organisation_id: organisation };
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How grave each event is; one that is not named is `info`. `error`: somebody must look. `warn`: we coped. */
export const EVENT_LEVELS: Readonly<Record<string, LogLevel>> = {
  request_failed: "error",
  keys_unreadable: "error",
};

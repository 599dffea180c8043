import type { Panel } from "./panel.ts";

/** As `provider_breaker_state` counts them. */
export const BREAKER_STATES: NonNullable<Panel["mappings"]> = {
  "0": { text: "closed", color: "green" },
  "1": { text: "half open", color: "yellow" },
  "2": { text: "open", color: "red" },
};

import "./flat-prototypes.ts";
import { reset } from "cloudflare:test";
import { beforeAll, vi } from "vitest";
import { renewIsolate } from "./fresh-isolate.ts";

/** Files share one process, as loading the Worker takes seconds. What one leaves behind is gone before the next. */
beforeAll(async () => {
  vi.useRealTimers();
  await reset();
  renewIsolate();
});

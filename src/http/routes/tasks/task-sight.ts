import { requireScope } from "../../middleware/authenticate.ts";

/** Who may see how far tasks are: whoever makes them, and whoever reads their results. */
export const requireTaskSight = requireScope("companies:read", "enrich:write");

/** The same for the API document: each entry is enough. */
export const SEES_TASKS = [{ bearer: ["companies:read"] }, { bearer: ["enrich:write"] }];

import { runStep } from "../../domain/exports/run-step.ts";
import type { Handler } from "../dispatch.ts";

export const exportStep: Handler<"export.step"> = async ({ exports }, { export_id, seq }) =>
  runStep(exports.engine, { exportId: export_id, seq });

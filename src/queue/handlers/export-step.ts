import type { Handler } from "../dispatch.ts";

export const exportStep: Handler<"export.step"> = async () => undefined;

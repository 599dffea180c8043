import type { Base } from "./base.ts";

export interface PipelineServices {
  database: Base["database"];
}

export function buildPipelineServices({ database }: Base): PipelineServices {
  return { database };
}

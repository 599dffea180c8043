import type { Base } from "./base.ts";

export interface SearchServices {
  database: Base["database"];
}

export function buildSearchServices({ database }: Base): SearchServices {
  return { database };
}

import { Problem } from "./problem.ts";

function problem(description: string) {
  return { description, content: { "application/problem+json": { schema: Problem } } };
}

/** The problems that any authenticated route may answer. */
export const COMMON_PROBLEMS = {
  400: problem("Invalid request: `errors` names each field and its fix"),
  401: problem("No credential, or one that is not accepted"),
  403: problem("The credential lacks the scope"),
  500: problem("A fault of ours, reported"),
  503: problem("A dependency does not answer; `Retry-After` says when to come back"),
} as const;

export const BODY_PROBLEMS = {
  413: problem("Body larger than the route accepts"),
  415: problem("Not `application/json` in UTF-8, or compressed"),
} as const;

export const NOT_FOUND = { 404: problem("Unknown company") } as const;

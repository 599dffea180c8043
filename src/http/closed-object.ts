import { z } from "@hono/zod-openapi";

const PREFIX = "known:";

/** An object that refuses members it does not know, and remembers which it does for the answer. */
export function closedObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = PREFIX + Object.keys(shape).join(",");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : undefined),
  });
}

/** A value of the wrong type is told once, not again for the bounds that it also misses. */
function isSequel(issue: z.core.$ZodIssue, issues: readonly z.core.$ZodIssue[]): boolean {
  const path = issue.path.join("/");
  return issues.some((one) => one !== issue && one.code === "invalid_type" && one.path.join("/") === path);
}

/** One issue per unknown member, each with the members that are known. */
export function splitUnknownKeys(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (isSequel(issue, issues)) return [];
    if (issue.code !== "unrecognized_keys" || !issue.message.startsWith(PREFIX)) return [issue];
    const known = issue.message
      .slice(PREFIX.length)
      .split(",")
      .filter((name) => name !== "");
    return issue.keys.map((key) => unknownName([...issue.path, key], key, known));
  });
}

/** The issue of a name that is not on a list; the answer proposes the nearest one. */
export function unknownName(
  path: PropertyKey[],
  given: string,
  known: readonly string[],
): z.core.$ZodIssueCustom {
  return {
    code: "custom",
    path,
    message: "unknown name",
    params: { fault: "unknown_name", given: [given], known },
  };
}

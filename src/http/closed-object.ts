import { z } from "@hono/zod-openapi";

const PREFIX = "closed:";
const Closure = z.object({ known: z.array(z.string()), faults: z.record(z.string(), z.string()) });

/**
 * An object that refuses members it does not know, and remembers which it does for the answer. `faults`: members that
 * people send by mistake, each with the fault that says what to do instead.
 */
export function closedObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  faults: Record<string, string> = {},
) {
  const closure: z.infer<typeof Closure> = { known: Object.keys(shape), faults };
  const message = PREFIX + JSON.stringify(closure);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? message : undefined),
  });
}

/** A value of the wrong type is told once, not again for the bounds that it also misses. */
function isSequel(issue: z.core.$ZodIssue, issues: readonly z.core.$ZodIssue[]): boolean {
  const path = issue.path.join("/");
  return issues.some((one) => one !== issue && one.code === "invalid_type" && one.path.join("/") === path);
}

/** One issue per unknown member, each with the members that are known. */
export function splitUnknownKeys(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue): z.core.$ZodIssue[] => {
    if (isSequel(issue, issues)) return [];
    if (issue.code !== "unrecognized_keys" || !issue.message.startsWith(PREFIX)) return [issue];
    const { known, faults } = Closure.parse(JSON.parse(issue.message.slice(PREFIX.length)));
    return issue.keys.map((key) => {
      // A client names the key: what objects inherit is no fault of ours.
      const fault = Object.hasOwn(faults, key) ? faults[key] : "unknown_member";
      const params = { fault, given: [key], known };
      return { code: "custom", path: [...issue.path, key], message: "unknown member", params };
    });
  });
}

/** The issue of a value that is not on a list; the answer proposes the nearest one. */
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

/** One of a few names; another one is quoted in the answer, with the nearest that is known. */
export function nameInput<const Name extends string>(names: readonly Name[]) {
  return z
    .string()
    .transform((text, context) => {
      const known = names.find((name) => name === text);
      if (known !== undefined) return known;
      context.addIssue({ ...unknownName([], text, names), input: text });
      return z.NEVER;
    })
    .openapi({ type: "string", enum: [...names] });
}

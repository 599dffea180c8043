import type { Context } from "hono";
import { z } from "zod";

type Parsed<T> = { ok: true; value: T } | { ok: false; response: Response };

/** What every bad value is answered with. */
export function badField(field: string, message: string): Response {
  return Response.json({ field, message: `${field}: ${message}` }, { status: 400 });
}

function firstProblem(error: z.ZodError): Response {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return badField(issue.keys.join(", "), "unknown field");
  return badField(issue?.path.join(".") || "body", issue?.message ?? "bad value");
}

/** The JSON of a request, an empty body being `{}`; or what to answer instead. */
export async function parseBody<T>(context: Context, schema: z.ZodType<T>): Promise<Parsed<T>> {
  const text = await context.req.text();
  const json = z
    .string()
    .transform((body, check): unknown => {
      try {
        return JSON.parse(body.trim() || "{}");
      } catch {
        check.issues.push({ code: "custom", input: body, message: "must be JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema)
    .safeParse(text);
  return json.success ? { ok: true, value: json.data } : { ok: false, response: firstProblem(json.error) };
}

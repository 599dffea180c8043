import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { RunningDigest } from "../../../auth/running-digest.ts";
import { fileIntake, type Intake, listIntake } from "../../../domain/jobs/intake/intake.ts";
import { JSON_BOUNDS, jsonFault } from "../../../lib/json-bounds.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { RequestInvalid, RequestRefused } from "../../request-invalid.ts";
import { BatchSourceList, MAX_AGE_LIMIT } from "./source-input.ts";
import { uploadBytes, uploadKind } from "./upload-body.ts";

export const BatchQuery = closedObject({
  sources: BatchSourceList.optional().openapi({
    type: "string",
    description:
      "Comma-separated; any but `kaspr`. By default recherche_entreprises, bodacc and ratios_inpi; paid ones only when named",
    example: "recherche_entreprises,bodacc",
  }),
  max_age: z
    .string()
    .transform((text) => (text.trim() === "" ? Number.NaN : Number(text)))
    .pipe(z.int().min(0).max(MAX_AGE_LIMIT))
    .optional()
    .openapi({
      type: "integer",
      description:
        "Oldest data accepted from these sources, in seconds; by default each source's own freshness",
    }),
  column: z.string().trim().min(1).max(200).optional().openapi({
    description:
      "Which column of the file has the SIRENs: its name, or its number from 1; by default it is found",
    example: "siren",
  }),
  dry_run: nameInput(["true", "false"]).default("false").openapi({
    description: "`true`: read everything, say what it would cost, do nothing",
  }),
});

const MOST_TOLD = 10;

export const BatchList = closedObject({
  sirens: z
    .array(z.unknown())
    .min(1)
    .transform((values, context) => {
      const wrong = values.flatMap((value, index) => (typeof value === "string" ? [] : [index]));
      for (const index of wrong.slice(0, MOST_TOLD)) {
        context.addIssue({ code: "invalid_type", expected: "string", path: [index], input: values[index] });
      }
      return wrong.length === 0 ? values.map(String) : z.NEVER;
    }),
});

/** What `BatchList` accepts, for the document: the body is read by hand, whatever its type. */
export const LIST_SCHEMA = {
  type: "object" as const,
  required: ["sirens"],
  additionalProperties: false,
  properties: {
    sirens: {
      type: "array" as const,
      minItems: 1,
      maxItems: 100_000,
      items: { type: "string" as const },
      description: "SIRENs or SIRETs; each one that is neither is an invalid row, like in a file",
      examples: [["552032534", "356000000"]],
    },
  },
};

async function readList(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  text += decoder.decode();
  // The size of the body bounds how many values there are.
  const reason = jsonFault(text, { ...JSON_BOUNDS, values: Number.POSITIVE_INFINITY });
  if (reason !== null) {
    const params = { fault: `json.${reason}` };
    throw new RequestInvalid(
      [{ code: "custom", path: [], message: reason, params, input: undefined }],
      "body",
    );
  }
  const parsed = BatchList.safeParse(parseJson(text));
  if (!parsed.success) throw new RequestInvalid(parsed.error.issues, "body");
  return parsed.data.sirens;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused("request.malformed_json");
  }
}

async function* digested(chunks: AsyncIterable<Uint8Array>, digest: RunningDigest) {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}

export interface BatchInput {
  intake: Intake;
  /** Of the file, or the list as it was sent; to be asked once, when the intake has been read to its end. */
  digest: () => string;
}

/** The batch in the body of a request. Throws `RequestRefused` and `RequestInvalid`; a file is read by its intake. */
export async function batchInput(context: Context<AppEnv>, column: string | undefined): Promise<BatchInput> {
  const request = context.req.raw;
  const kind = uploadKind(request);
  const running = new RunningDigest();
  const chunks = digested(uploadBytes(request, kind), running);
  if (kind !== "json") return { intake: fileIntake(chunks, column ?? null), digest: () => running.hex() };
  if (column !== undefined) {
    const params = { fault: "batch.column_unused" };
    throw new RequestInvalid([{ code: "custom", path: ["column"], message: "unused", params }], "query");
  }
  return { intake: listIntake(await readList(chunks)), digest: () => running.hex() };
}

import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { requestExample } from "../../../src/http/pages/request-example.ts";
import { ApiDocument, operationsOf } from "../../../src/openapi/api-document.ts";
import { BatchList } from "../../../src/http/routes/scraping/batch-input.ts";
import { buildDocument } from "../../../src/openapi/document.ts";

const app = createApp(() => {
  throw new Error("no request is made here");
});
const document = ApiDocument.parse(buildDocument(app));

/** Of a body, by operation: what checks it when a request comes. */
const bodies = new Map<string, z.ZodType>(
  app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const { operationId = "", request } = definition.route;
    const media = request?.body?.content["application/json"];
    const schema = media !== undefined && "schema" in media ? media.schema : null;
    return schema instanceof z.ZodType ? [[operationId, schema] as const] : [];
  }),
);
// A file or a list: the route looks at the type first and reads either by itself.
bodies.set("enrichBatchAsync", BatchList);
const shown = operationsOf(document).filter(({ operation }) => operation.requestBody !== undefined);

test("every body that is shown has a schema to hold it against", () => {
  expect(shown.map(({ operation }) => operation.operationId).sort()).toEqual([...bodies.keys()].sort());
});

test.each(shown.map((placed) => [placed.operation.operationId, placed] as const))(
  "the example body of %s passes the rules as it is",
  (operationId, placed) => {
    const body: unknown = JSON.parse(requestExample(document, placed).body ?? "");
    expect(bodies.get(operationId)?.safeParse(body).error?.issues ?? []).toEqual([]);
  },
);

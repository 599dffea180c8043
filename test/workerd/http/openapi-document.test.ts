import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { KEY_SCOPES, PERSONAL_SCOPES } from "../../../src/domain/accounts/principal.ts";
import { ApiDocument, operationsOf, type PlacedOperation } from "../../../src/openapi/api-document.ts";
import { buildDocument } from "../../../src/openapi/document.ts";
import { mintKey, mintWorld, send } from "../../support/world.ts";

/** Pages and the document itself: they describe the API and are not part of it. */
const DOCUMENTATION = new Set([
  "GET /",
  "GET /docs",
  "GET /docs/",
  "GET /problems",
  "GET /problems/",
  "GET /openapi.json",
]);

const KNOWN_SCOPES: readonly string[] = [...KEY_SCOPES, ...PERSONAL_SCOPES];

const app = createApp(() => {
  throw new Error("nothing is served here");
});
const raw = buildDocument(app);
const document = ApiDocument.parse(raw);
const operations = operationsOf(document);
const closed = operations.filter(({ operation }) => operation.security.length > 0);
/** What a key opens when it carries the scope. */
const scoped = closed.filter(({ operation }) =>
  operation.security.some(({ bearer = [] }) => bearer.length > 0),
);

function nameOf({ method, path }: PlacedOperation): string {
  return `${method} ${path}`;
}

function everyNode(node: unknown): object[] {
  if (typeof node !== "object" || node === null) return [];
  return [node, ...Object.values(node).flatMap(everyNode)];
}

const nodes = everyNode(raw);

describe("the document", () => {
  test("describes every route of the application, and no other", () => {
    const routes = app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([A-Za-z_]+)/g, "{$1}")}`);
    const described = [...new Set(routes)].filter((route) => !DOCUMENTATION.has(route));
    expect(operations.map(nameOf).sort()).toEqual(described.sort());
  });

  test("names each operation once", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).toHaveLength(new Set(ids).size);
  });

  test("refers to nothing that is not in it", () => {
    const names = new Set(
      Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
    );
    const references = nodes.flatMap((node) => ("$ref" in node ? [node.$ref] : []));
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((reference) => !names.has(String(reference)))).toEqual([]);
  });

  test("uses every schema it defines, and every tag", () => {
    const text = JSON.stringify(raw);
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    expect(unused).toEqual([]);
    const tags = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect(document.tags.map(({ name }) => name).filter((name) => !tags.has(name))).toEqual([]);
    expect([...tags].filter((tag) => !document.tags.some(({ name }) => name === tag))).toEqual([]);
  });

  test("says nothing of OpenAPI 3.0 and nothing that no value can satisfy", () => {
    expect(nodes.filter((node) => "nullable" in node)).toEqual([]);
    const mixed = nodes.filter((node) => "allOf" in node && JSON.stringify(node.allOf).includes('"null"'));
    expect(mixed).toEqual([]);
  });

  test("has no named object that may be null: only the places that hold it may", () => {
    const nullable = Object.entries(document.components.schemas).filter(
      ([, { type }]) => Array.isArray(type) && type.includes("null"),
    );
    expect(nullable.map(([name]) => name)).toEqual([]);
  });
});

describe.each(operations.map((placed) => ({ name: nameOf(placed), placed })))("$name", ({ placed }) => {
  const { path, operation } = placed;

  test("declares each part of its path, required", () => {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? "");
    const declared = (operation.parameters ?? []).filter((one) => one.in === "path");
    expect(declared.map(({ name }) => name).sort()).toEqual(inPath.sort());
    expect(declared.every(({ required }) => required === true)).toBe(true);
  });

  test("answers each fault with a problem", () => {
    const faults = Object.entries(operation.responses).filter(([status]) => /^[45]/.test(status));
    const other = faults.filter(([, { content = {} }]) => !("application/problem+json" in content));
    // They answer what fails.
    const told = ["getReady", "getDetailedHealth"].includes(operation.operationId);
    expect(other.map(([status]) => status)).toEqual(told ? ["503"] : []);
  });
});

test.each(closed.map((placed) => ({ name: nameOf(placed), placed })))(
  "$name tells what happens without a key, and which scope it asks for",
  ({ placed: { operation } }) => {
    // The token of monitoring has no scopes.
    const refusals = operation.security.some((one) => "monitoring" in one) ? ["401"] : ["401", "403"];
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(refusals));
    const scopes = operation.security.flatMap((one) => Object.values(one).flat());
    expect(scopes.filter((scope) => !KNOWN_SCOPES.includes(scope))).toEqual([]);
  },
);

describe("a key without scopes", () => {
  const held = { key: "" };
  beforeAll(async () => {
    const { organisationId } = await mintWorld();
    held.key = await mintKey(organisationId, { scopes: [] });
  });

  test.each(scoped.map((placed) => ({ name: nameOf(placed), placed })))(
    "is told by $name which scope it documents first",
    async ({ placed: { method, path, operation } }) => {
      const [scope] = operation.security.flatMap((one) => one["bearer"] ?? []);
      const url = `https://api.test${path.replaceAll(/\{[^}]+\}/g, "552032534")}`;
      const response = await send(
        new Request(url, { method, headers: { authorization: `Bearer ${held.key}` } }),
      );
      expect(response.status).toBe(403);
      expect(response.headers.get("www-authenticate")).toContain(`scope="${scope}"`);
    },
  );
});

import { Script } from "node:vm";
import { html } from "hono/html";
import { describe, expect, test } from "vitest";
import { htmlResponse } from "../../../src/http/html-response.ts";
import { landingPage } from "../../../src/http/pages/landing-page.ts";
import { renderPage } from "../../../src/http/pages/layout.ts";
import { phrase } from "../../../src/http/pages/prose.ts";
import { curlCommand } from "../../../src/http/pages/request-example.ts";
import { shapeOf } from "../../../src/http/pages/schema-shape.ts";
import { schemaPlace, schemaView } from "../../../src/http/pages/schema-view.ts";
import { STYLE } from "../../../src/http/pages/style.ts";
import { TRY_SCRIPT } from "../../../src/http/pages/try-script.ts";
import { WORDS } from "../../../src/http/pages/words.ts";
import type { ApiDocument, Schema } from "../../../src/openapi/api-document.ts";

const DOCUMENT: ApiDocument = {
  info: { title: "", version: "", description: "" },
  tags: [],
  paths: {},
  components: {
    schemas: {
      Tree: { type: "object", properties: { below: { $ref: "#/components/schemas/Tree" } } },
      Leaf: { type: "object", properties: { name: { type: "string" } } },
    },
  },
};

const TREE = { $ref: "#/components/schemas/Tree" };

async function treeView(stress: "required" | "optional"): Promise<string> {
  const view = await schemaView(schemaPlace({ document: DOCUMENT, words: WORDS.en, stress }), TREE);
  return view.toString();
}

describe("what goes to the browser", () => {
  test("is a script without a fault, and small", () => {
    expect(() => new Script(TRY_SCRIPT)).not.toThrow();
    expect(TRY_SCRIPT.length + STYLE.length).toBeLessThan(15_000);
  });

  test("keeps the key nowhere", () => {
    expect(TRY_SCRIPT).not.toMatch(/localStorage|sessionStorage|cookie|indexedDB|history\.|innerHTML/);
  });

  test("escapes what a page is given", async () => {
    const page = await renderPage({ title: "<b>", language: "en", content: html`${'<script>"&'}` });
    expect(page).toContain("<title>&lt;b&gt;</title>");
    expect(page).toContain("&lt;script&gt;&quot;&amp;");
  });

  test("carries a nonce of its own each time, and the origin that was asked", async () => {
    const request = new Request("https://api.test/docs");
    const page = await renderPage({ title: "", language: "en", content: html`@@origin@@`, script: "1" });
    const [one, other] = [htmlResponse(page, request), htmlResponse(page, request)];
    const policies = [one, other].map((response) => response.headers.get("content-security-policy"));
    expect(policies[0]).not.toBe(policies[1]);
    const text = await one.text();
    expect(text).toContain("https://api.test");
    expect(text).not.toContain("@@");
  });
});

describe("a curl command", () => {
  test("quotes a body that holds quotes, and leaves the key to the shell", () => {
    const example = { path: "/a", contentType: "application/json", body: `{"nom":"L'AIR"}` };
    const command = curlCommand("POST", "MAI_KEY", example);
    expect(command).toContain(String.raw`-d '{"nom":"L'\''AIR"}'`);
    expect(command).toContain('-H "Authorization: Bearer $MAI_KEY"');
  });

  test("is short for an open GET", () => {
    expect(curlCommand("GET", null, { path: "/health", contentType: null, body: null })).toBe(
      "curl '@@origin@@/health'",
    );
  });
});

describe("a schema", () => {
  test.each<[Schema, string]>([
    [{ type: "string", format: "date" }, "string (date)"],
    [{ type: ["integer", "null"], minimum: 0, maximum: 100 }, "integer 0–100 or null"],
    [{ type: "number", minimum: 0 }, "number ≥ 0"],
    [{ type: "array", items: TREE }, "array of Tree"],
    [{ type: "object", additionalProperties: TREE }, "map of Tree"],
    [{ anyOf: [TREE, { type: "null" }] }, "Tree or null"],
    [{ oneOf: [TREE, { $ref: "#/components/schemas/Leaf" }] }, "Tree or Leaf"],
    [{ allOf: [TREE, { $ref: "#/components/schemas/Leaf" }] }, "Tree with Leaf"],
    [{ type: "object", properties: {}, oneOf: [{ required: ["a"] }] }, "object"],
    [{}, "any"],
  ])("%j is called %s", (schema, label) => {
    expect(shapeOf(DOCUMENT, schema).label).toBe(label);
  });

  test("that holds itself is shown once", async () => {
    expect((await treeView("optional")).match(/<details/g)).toHaveLength(1);
  });
});

test("a request's schema is open from the start, an answer's is not", async () => {
  expect(await treeView("required")).toMatch(/^<details class="schema" open>/);
  expect(await treeView("optional")).toMatch(/^<details class="schema" *>/);
});

test("the landing page leads to /ready and says where a key comes from", async () => {
  const page = await landingPage("en");
  expect(page).toContain('href="/ready"');
  expect(page).toContain("<code>npm start</code> prints one");
});

test("`code` is marked up, and nothing else is", async () => {
  const marked = await html`${phrase("a `b<` *c*")}`;
  expect(marked.toString()).toBe("a <code>b&lt;</code> *c*");
});

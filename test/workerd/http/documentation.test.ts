import { describe, expect, test } from "vitest";
import { PROBLEMS } from "../../../src/http/problem-catalog.ts";
import { ApiDocument, operationsOf } from "../../../src/openapi/api-document.ts";
import { send } from "../../support/world.ts";

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return send(new Request(`https://api.test${path}`, { headers }));
}

/** The page in one line, its layout left out. */
async function page(path: string, language = "en"): Promise<string> {
  const response = await get(path, { accept: "text/html", "accept-language": language });
  return (await response.text()).replaceAll(/\s+/g, " ");
}

describe.each(["/", "/docs", "/problems"])("the page %s", (path) => {
  test("is HTML whose every inline tag carries the nonce of its policy", async () => {
    const response = await get(path, { accept: "text/html" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toContain("unsafe");
    const nonce = /script-src 'nonce-([A-Za-z0-9+/=]+)'/.exec(policy)?.[1];
    const text = await response.text();
    const tags = text.match(/<(?:style|script)\b[^>]*>/g) ?? [];
    expect(tags.length).toBeGreaterThan(0);
    for (const tag of tags) expect(tag).toContain(`nonce="${nonce}"`);
    expect(text).not.toMatch(/\s(?:style|on[a-z]+)="/);
  });

  test("loads nothing from anywhere", async () => {
    const text = await page(path);
    const loaded = [...text.matchAll(/<(?:link|img|script|iframe)\b[^>]*\s(?:href|src)="([^"]*)"/g)];
    expect(loaded.map(([, url]) => url)).toEqual(["data:,"]);
    expect(/<style[^>]*>(.*?)<\/style>/.exec(text)?.[1]).not.toMatch(/@import|url\(/);
    const links = [...text.matchAll(/\shref="([^"]*)"/g)].map(([, url]) => url ?? "");
    expect(links.filter((url) => !/^(?:\/|#|data:,$)/.test(url))).toEqual([]);
  });

  test("can be framed, guessed or kept by nobody", async () => {
    const { headers } = await get(path);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("has one title, its landmarks, and ids that are unique", async () => {
    const text = await page(path);
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text.match(/<main /g)).toHaveLength(1);
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(new Set(ids).size);
    const targets = [...text.matchAll(/\s(?:href="#|for="|aria-labelledby=")([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("speaks the reader's language", async () => {
    expect(await page(path, "en-GB")).toContain('<html lang="en">');
    expect(await page(path, "fr-CA,en;q=0.5")).toContain("Aller au contenu");
  });
});

test("every operation of the document is on the page, with a form and a command", async () => {
  const document = ApiDocument.parse(await (await get("/openapi.json")).json());
  const text = await page("/docs");
  for (const { method, path, operation } of operationsOf(document)) {
    expect(text).toContain(`<section class="operation" id="${operation.operationId}"`);
    expect(text).toContain(`href="#${operation.operationId}"`);
    expect(text).toContain(`data-method="${method}" data-path="${path}"`);
  }
  const closed = operationsOf(document).filter(({ operation }) => operation.security.length > 0);
  expect(text.match(/data-closed="true"/g)).toHaveLength(closed.length);
  expect(text.match(/Bearer \$MAI_(?:KEY|TOKEN)/g)?.length).toBeGreaterThanOrEqual(closed.length);
  expect(text).toContain("https://api.test/api/v2/companies/552032534");
});

test("every operation says who may call it, and which roles where it takes a right", async () => {
  const document = ApiDocument.parse(await (await get("/openapi.json")).json());
  const text = await page("/docs", "fr");
  expect(text.match(/<p class="access">/g)).toHaveLength(operationsOf(document).length);
  const [, sessions = ""] = text.split('<section class="operation" id="listSessions"');
  expect(sessions.split("</form>")[0]).toContain("Demande une personne connectée");
  const [, keys = ""] = text.split('<section class="operation" id="createApiKey"');
  const [, shown = ""] = /<p class="access">(.*?)<\/p>/.exec(keys) ?? [];
  expect(
    shown
      .replaceAll(/<[^>]*>/g, " ")
      .split(/\s+/)
      .join(" ")
      .trim(),
  ).toBe("Demande une personne connectée Droit demandé : keys:write Rôles qui l&#39;ont : owner admin");
});

test.each(["/docs", "/problems"])("%s with a slash too many leads to the page", async (path) => {
  const response = await get(`${path}/`);
  expect([response.status, response.headers.get("location")]).toEqual([308, path]);
});

test("every field of every form has a label", async () => {
  const text = await page("/docs");
  const labelled = new Set([...text.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id));
  const fields = [...text.matchAll(/<(?:input|select|textarea)\b[^>]*\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(fields.length).toBeGreaterThan(5);
  expect(fields.filter((id) => !labelled.has(id))).toEqual([]);
});

describe("the codes of errors", () => {
  test("each has its anchor, status and words in both languages", async () => {
    const text = (await page("/problems")).replaceAll("&#39;", "'");
    for (const [code, { status, fr, en }] of Object.entries(PROBLEMS)) {
      expect(text).toContain(`id="${code}"`);
      expect(text).toContain(`>${status}</b> <a href="#${code}">`);
      expect(text).toContain(fr.title);
      expect(text).toContain(en.title);
    }
  });

  test("the type of a problem leads to its anchor", async () => {
    const problem = await (await get("/api/v2/companies/552032534")).json<{ type: string }>();
    const type = new URL(problem.type);
    expect(type.pathname).toBe("/problems");
    expect(await page(type.pathname)).toContain(`id="${type.hash.slice(1)}"`);
  });

  test("the same goes to a program as JSON", async () => {
    const response = await get("/problems", { accept: "application/json" });
    expect(response.headers.get("vary")).toContain("Accept");
    const { problems } = await response.json<{ problems: object[] }>();
    expect(problems).toHaveLength(Object.keys(PROBLEMS).length);
    expect(problems).toContainEqual({
      code: "company.not_found",
      type: "https://api.test/problems#company.not_found",
      ...PROBLEMS["company.not_found"],
    });
  });
});

test("the index tells a program where to go, and each of these answers", async () => {
  const response = await get("/", { accept: "application/json" });
  const index = await response.json<Record<string, string>>();
  const urls = Object.values(index).filter((value) => value.startsWith("https://"));
  expect(urls).toHaveLength(5);
  for (const url of urls) expect((await get(new URL(url).pathname)).status).toBe(200);
});

test("the document is cached by its tag", async () => {
  const first = await get("/openapi.json");
  expect(first.headers.get("cache-control")).toBe("public, max-age=300");
  expect(first.headers.get("content-type")).toContain("application/json");
  const again = await get("/openapi.json", { "if-none-match": first.headers.get("etag") ?? "" });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  expect(again.headers.get("etag")).toBe(first.headers.get("etag"));
});

import type { OpenAPIHono } from "@hono/zod-openapi";
import { ApiDocument } from "../../openapi/api-document.ts";
import { buildDocument } from "../../openapi/document.ts";
import type { AppEnv } from "../app-env.ts";
import { entityTag } from "../entity-tag.ts";
import type { Language } from "../problem-catalog.ts";
import type { CachedResponse } from "../response-cache.ts";
import { docsPage } from "./docs-page.ts";
import { landingPage } from "./landing-page.ts";
import { problemsPage } from "./problems-page.ts";

export type PageName = "landing" | "docs" | "problems";

/** The document and the pages of one isolate, each made at its first request: building them costs CPU. */
export class Documentation {
  readonly #app: OpenAPIHono<AppEnv>;
  readonly #pages = new Map<string, string>();
  #document: CachedResponse | null = null;

  constructor(app: OpenAPIHono<AppEnv>) {
    this.#app = app;
  }

  async document(): Promise<CachedResponse> {
    if (this.#document !== null) return this.#document;
    const body = JSON.stringify(buildDocument(this.#app));
    this.#document = { body, etag: await entityTag(body) };
    return this.#document;
  }

  async page(name: PageName, language: Language): Promise<string> {
    const place = `${name} ${language}`;
    const kept = this.#pages.get(place);
    if (kept !== undefined) return kept;
    const page = await this.#render(name, language);
    this.#pages.set(place, page);
    return page;
  }

  async #render(name: PageName, language: Language): Promise<string> {
    if (name === "landing") return landingPage(language);
    if (name === "problems") return problemsPage(language);
    return docsPage(ApiDocument.parse(JSON.parse((await this.document()).body)), language);
  }
}

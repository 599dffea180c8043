import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { API_VERSION } from "../../../openapi/document.ts";
import type { AppEnv } from "../../app-env.ts";
import { matchesEntityTag } from "../../entity-tag.ts";
import { htmlResponse } from "../../html-response.ts";
import { languageOf } from "../../language.ts";
import { Documentation } from "../../pages/documentation.ts";
import { problemsJson } from "../../pages/problems-page.ts";

const PUBLIC_CACHE = "public, max-age=300";

/** A browser, and whoever does not care, gets the page. */
function wantsJson(context: Context<AppEnv>): boolean {
  const type = accepts(context, {
    header: "Accept",
    supports: ["text/html", "application/json"],
    default: "text/html",
  });
  return type === "application/json";
}

function publicJson(context: Context<AppEnv>, body: object): Response {
  return context.json(body, 200, { "cache-control": PUBLIC_CACHE, vary: "Accept, Accept-Language" });
}

function indexJson(origin: string): object {
  const at = (path: string): string => origin + path;
  return {
    name: "M&A intelligence API",
    version: API_VERSION,
    documentation: at("/docs"),
    openapi: at("/openapi.json"),
    problems: at("/problems"),
    health: at("/health"),
    ready: at("/ready"),
  };
}

/** `/`, `/docs`, `/problems` and `/openapi.json`. Open to all: they tell nothing of anybody. */
export function mountDocumentation(app: OpenAPIHono<AppEnv>): void {
  const documentation = new Documentation(app);
  app.get("/", async (context) => {
    if (wantsJson(context)) return publicJson(context, indexJson(new URL(context.req.url).origin));
    return htmlResponse(await documentation.page("landing", languageOf(context)), context.req.raw);
  });
  app.get("/docs", async (context) =>
    htmlResponse(await documentation.page("docs", languageOf(context)), context.req.raw),
  );
  for (const path of ["/docs", "/problems"]) app.get(`${path}/`, (context) => context.redirect(path, 308));
  app.get("/problems", async (context) => {
    if (wantsJson(context)) return publicJson(context, problemsJson(new URL(context.req.url).origin));
    return htmlResponse(await documentation.page("problems", languageOf(context)), context.req.raw);
  });
  app.get("/openapi.json", async (context) => {
    const { body, etag } = await documentation.document();
    const headers = { etag, "cache-control": PUBLIC_CACHE };
    if (matchesEntityTag(context.req.header("if-none-match") ?? null, etag)) {
      return context.body(null, 304, headers);
    }
    return context.body(body, 200, { ...headers, "content-type": "application/json; charset=utf-8" });
  });
}

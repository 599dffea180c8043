import { html, raw } from "hono/html";
import type { Language } from "../problem-catalog.ts";
import type { Html } from "./prose.ts";
import { STYLE } from "./style.ts";
import { WORDS } from "./words.ts";

/** Stand in for what differs between two requests, so that one rendering serves them all. */
export const NONCE_MARK = "@@nonce@@";
export const ORIGIN_MARK = "@@origin@@";

export interface PageParts {
  title: string;
  language: Language;
  /** Beside the content on a wide screen, above it on a narrow one. */
  side?: Html;
  content: Html;
  script?: string;
}

const LINKS = [
  ["/docs", "Docs"],
  ["/problems", "Problems"],
  ["/openapi.json", "OpenAPI"],
] as const;

function scriptTag(script: string | undefined): Html | "" {
  return script === undefined
    ? ""
    : html`<script nonce="${NONCE_MARK}">
        ${raw(script)};
      </script>`;
}

/** A whole page. Everything it needs is in it: nothing else is loaded. */
export async function renderPage({ title, language, side, content, script }: PageParts): Promise<string> {
  const words = WORDS[language];
  const links = LINKS.map(([href, text]) => html`<a href="${href}">${text}</a>`);
  const page = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style nonce="${NONCE_MARK}">
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">${words.skip}</a>
        <header class="top">
          <a class="brand" href="/">M&amp;A intelligence API</a>
          <nav aria-label="Pages">${links}</nav>
        </header>
        <div class="${side === undefined ? "page" : "page sided"}">
          ${side ?? ""}
          <main id="content" tabindex="-1">${content}</main>
        </div>
        ${scriptTag(script)}
      </body>
    </html> `;
  return page.toString();
}

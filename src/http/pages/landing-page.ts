import { html } from "hono/html";
import type { Language } from "../problem-catalog.ts";
import { ORIGIN_MARK, renderPage } from "./layout.ts";
import { phrase } from "./prose.ts";
import { WORDS } from "./words.ts";

const FIRST_CALL = `curl '${ORIGIN_MARK}/api/v2/scraping/enrich' \\
  -H "Authorization: Bearer $MAI_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"siren":"552032534"}'`;

/** `/`: what this is and where to go. */
export async function landingPage(language: Language): Promise<string> {
  const words = WORDS[language];
  const links = [
    ["/docs", words.docsLink],
    ["/openapi.json", words.openapiLink],
    ["/problems", words.problemsLink],
    ["/health", words.healthLink],
    ["/ready", words.readyLink],
  ];
  const lines = links.map(
    ([path, text]) =>
      html`<li>
        <a href="${path}"><code>${path}</code><span>${text}</span></a>
      </li>`,
  );
  const content = html`<h1>M&amp;A intelligence API</h1>
    <p class="lead">${words.tagline}</p>
    <p>${words.landing}</p>
    <ul class="cards">
      ${lines}
    </ul>
    <h2>${words.firstCall}</h2>
    <p>${phrase(words.keyOrigin)}</p>
    <div class="sample">
      <pre tabindex="0" role="region" aria-label="curl"><code>${FIRST_CALL}</code></pre>
    </div>`;
  return renderPage({ title: "M&A intelligence API", language, content });
}

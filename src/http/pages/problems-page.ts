import { html } from "hono/html";
import { type Language, PROBLEMS } from "../problem-catalog.ts";
import { renderPage } from "./layout.ts";
import { phrase } from "./prose.ts";
import { WORDS } from "./words.ts";

const ALL = Object.entries(PROBLEMS);

/** `/problems`: every error code at the anchor its `type` leads to. */
export async function problemsPage(language: Language): Promise<string> {
  const words = WORDS[language];
  const entries = ALL.map(([code, { status, retryable, fr, en }]) => {
    const texts = { fr, en };
    const both = language === "fr" ? (["fr", "en"] as const) : (["en", "fr"] as const);
    const lines = both.map(
      (one) =>
        html`<div lang="${one}">
          <dt>${texts[one].title}</dt>
          <dd>${phrase(texts[one].detail)}</dd>
        </div>`,
    );
    return html`<section class="problem" id="${code}" aria-labelledby="${code}-title">
      <h2 id="${code}-title">
        <b class="code s${String(status).slice(0, 1)}">${status}</b>
        <a href="#${code}"><code>${code}</code></a>
      </h2>
      <p class="retry">${retryable ? words.retryable : words.final}</p>
      <dl>${lines}</dl>
    </section>`;
  });
  const content = html`<h1>${words.problems}</h1>
    <p>${phrase(words.problemsText)}</p>
    ${entries}`;
  return renderPage({ title: `${words.problems} · M&A intelligence API`, language, content });
}

/** The same for a program; each `type` is the one its problems carry. */
export function problemsJson(origin: string) {
  return {
    problems: ALL.map(([code, kind]) => ({ code, type: `${origin}/problems#${code}`, ...kind })),
  };
}

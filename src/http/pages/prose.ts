import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

function inline(text: string): Html[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

/** The little Markdown that descriptions use: `code`, and blank lines between paragraphs. */
export function prose(text: string | undefined): Html[] {
  if (text === undefined) return [];
  return text.split("\n\n").map((paragraph) => html`<p lang="en">${inline(paragraph)}</p>`);
}

/** The same on one line. */
export function phrase(text: string): Html[] {
  return inline(text);
}

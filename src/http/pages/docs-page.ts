import { html } from "hono/html";
import { type ApiDocument, operationsOf, type PlacedOperation } from "../../openapi/api-document.ts";
import type { Language } from "../problem-catalog.ts";
import { renderPage } from "./layout.ts";
import { methodBadge, operationView } from "./operation-view.ts";
import { type Html, phrase, prose } from "./prose.ts";
import { schemaPlace, schemaView } from "./schema-view.ts";
import { credentialField } from "./try-form.ts";
import { TRY_SCRIPT } from "./try-script.ts";
import { WORDS, type Words } from "./words.ts";

interface Group {
  name: string;
  description: string;
  operations: PlacedOperation[];
}

/** By tag, in the document's order; a tag that the document does not describe is a group too. */
function groupsOf(document: ApiDocument): Group[] {
  const operations = operationsOf(document);
  const used = operations.map(({ operation }) => operation.tags[0] ?? "");
  const known = document.tags.map(({ name }) => name);
  const undescribed = [...new Set(used)].filter((name) => !known.includes(name));
  const tags = [...document.tags, ...undescribed.map((name) => ({ name, description: "" }))];
  return tags
    .map((tag) => ({
      ...tag,
      operations: operations.filter(({ operation }) => operation.tags[0] === tag.name),
    }))
    .filter((group) => group.operations.length > 0);
}

function anchorOf(name: string): string {
  return `tag-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

function contents(groups: Group[], words: Words): Html {
  const lists = groups.map(({ name, operations }) => {
    const lines = operations.map(
      ({ method, operation }) =>
        html`<li>
          <a href="#${operation.operationId}"
            >${methodBadge(method)}<span lang="en">${operation.summary}</span></a
          >
        </li>`,
    );
    return html`<li>
      <a class="tag" href="#${anchorOf(name)}">${name}</a>
      <ul>
        ${lines}
      </ul>
    </li>`;
  });
  return html`<nav class="side" aria-label="${words.contents}">
    <details open>
      <summary>${words.contents}</summary>
      <ul>
        <li><a class="tag" href="#authentication">${words.authentication}</a></li>
        ${lists}
        <li><a class="tag" href="#errors">${words.errors}</a></li>
      </ul>
    </details>
  </nav>`;
}

function errorsSection(document: ApiDocument, words: Words): Html {
  const schema = { $ref: "#/components/schemas/Problem" };
  const place = schemaPlace({ document, words, stress: "optional" });
  return html`<section id="errors" class="tag">
    <h2>${words.errors}</h2>
    <p>${phrase(words.errorsText)} <a href="/problems">${words.problems}</a></p>
    <p class="media">application/problem+json</p>
    ${schemaView(place, schema)}
  </section>`;
}

/** `/docs`: the OpenAPI document to read and to try. */
export async function docsPage(document: ApiDocument, language: Language): Promise<string> {
  const words = WORDS[language];
  const groups = groupsOf(document);
  const sections = groups.map(
    ({ name, description, operations }) =>
      html`<section id="${anchorOf(name)}" class="tag">
        <h2>${name}</h2>
        ${description === "" ? "" : prose(description)}${operations.map((one) => operationView(document, words, one))}
      </section>`,
  );
  const content = html`<div
    data-words="${JSON.stringify({ copied: words.copied, sending: words.sending, failed: words.failed })}"
  >
    <h1>${document.info.title} <small>${document.info.version}</small></h1>
    ${prose(document.info.description)}
    <section id="authentication" class="tag">
      <h2>${words.authentication}</h2>
      <p>${phrase(words.authenticationText)}</p>
      <noscript><p>${words.noScript}</p></noscript>
      <div class="unlock" hidden>${credentialField("key", words.key)}</div>
    </section>
    ${sections}${errorsSection(document, words)}
  </div>`;
  const title = `${words.documentation} · ${document.info.title}`;
  return renderPage({ title, language, side: contents(groups, words), content, script: TRY_SCRIPT });
}

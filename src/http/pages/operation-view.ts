import { html } from "hono/html";
import { ROLE_SCOPES, ROLES } from "../../domain/accounts/principal.ts";
import {
  type ApiDocument,
  type Content,
  forPeople,
  type Operation,
  type PlacedOperation,
} from "../../openapi/api-document.ts";
import { type Html, phrase, prose } from "./prose.ts";
import { credentialVariable, curlCommand, requestExample } from "./request-example.ts";
import { memberView, type SchemaPlace, schemaPlace, schemaView } from "./schema-view.ts";
import { tryForm } from "./try-form.ts";
import type { Words } from "./words.ts";

const PROBLEM_JSON = "application/problem+json";

export function methodBadge(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function codes(names: readonly string[]): Html[] {
  return names.map((one) => html`<code>${one}</code> `);
}

/** Which credential, and which rights, or one of which: of a key or, where only people may, of a role. */
function access({ security }: Operation, words: Words): Html {
  if (security.length === 0) return html`<p class="access">${words.open}</p>`;
  const who = forPeople(security) ? words.person : words.anyone;
  const scopes = security.flatMap((one) => Object.values(one).flat());
  const roles = ROLES.filter((role) => {
    const held = new Set<string>(ROLE_SCOPES[role]);
    return security.some((one) => Object.values(one).every((all) => all.every((scope) => held.has(scope))));
  });
  const rights =
    scopes.length === 0
      ? ""
      : html`<br />${security.length > 1 ? words.needsOne : words.needs} ${codes(scopes)}<br />${words.roles}
          ${codes(roles)}`;
  return html`<p class="access">${who}${rights}</p>`;
}

function parametersView(place: SchemaPlace, { parameters = [] }: Operation): Html | "" {
  if (parameters.length === 0) return "";
  const lines = parameters.map((one) => {
    const { schema } = one;
    const described = one.description === undefined ? schema : { ...schema, description: one.description };
    return memberView(place, `${one.name} · ${one.in}`, {
      schema: described,
      required: one.required === true,
    });
  });
  return html`<h4>${place.words.parameters}</h4>
    <ul class="fields flat">
      ${lines}
    </ul>`;
}

function contentView(place: SchemaPlace, content: Content): Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p class="media">${type}</p>
        ${schema === undefined ? "" : schemaView(place, schema)}`,
  );
}

function bodyView(place: SchemaPlace, { requestBody }: Operation): Html | "" {
  if (requestBody === undefined) return "";
  return html`<h4>${place.words.body}</h4>
    ${contentView(place, requestBody.content)}`;
}

function headersView(place: SchemaPlace, headers: Operation["responses"][string]["headers"]): Html | "" {
  if (headers === undefined) return "";
  const lines = Object.entries(headers).map(([name, { schema = {}, description }]) => {
    const described = description === undefined ? schema : { ...schema, description };
    return memberView(place, name, { schema: described, required: true });
  });
  return html`<details class="schema">
    <summary>${place.words.headers}</summary>
    <ul class="fields">
      ${lines}
    </ul>
  </details>`;
}

function responsesView(place: SchemaPlace, { responses }: Operation): Html {
  const lines = Object.entries(responses).map(([status, { description, content = {}, headers }]) => {
    const problem = PROBLEM_JSON in content;
    const link = problem ? html` <a class="more" href="#errors">Problem</a>` : "";
    const detail = problem ? "" : contentView(place, content);
    return html`<li>
      <p>
        <b class="code s${status.slice(0, 1)}">${status}</b>
        <span lang="en">${phrase(description)}</span>${link}
      </p>
      ${headersView(place, headers)}${detail}
    </li>`;
  });
  return html`<h4>${place.words.responses}</h4>
    <ul class="responses">
      ${lines}
    </ul>`;
}

/** One operation: what it is at the left, how to call it at the right. */
export function operationView(document: ApiDocument, words: Words, placed: PlacedOperation): Html {
  const { method, path, operation } = placed;
  const request = schemaPlace({ document, words, stress: "required" });
  const answer = schemaPlace({ document, words, stress: "optional" });
  const example = requestExample(document, placed);
  const curl = curlCommand(method, credentialVariable(operation.security), example);
  const old = operation.deprecated === true ? html` <em class="required">${words.deprecated}</em>` : "";
  return html`<section
    class="operation"
    id="${operation.operationId}"
    aria-labelledby="${operation.operationId}-title"
  >
    <h3 id="${operation.operationId}-title"><span lang="en">${operation.summary}</span>${old}</h3>
    <p class="place">${methodBadge(method)} <code>${path}</code></p>
    <div class="columns">
      <div>
        ${prose(operation.description)}${access(operation, words)}
        ${parametersView(request, operation)}${bodyView(request, operation)}${responsesView(answer, operation)}
      </div>
      <div>
        <div class="sample">
          <h4>${words.example}</h4>
          <button type="button" class="copy" hidden>${words.copy}</button>
          <pre tabindex="0" role="region" aria-label="curl"><code>${curl}</code></pre>
        </div>
        ${tryForm({ document, words, placed, example })}
      </div>
    </div>
  </section>`;
}

import { html } from "hono/html";
import {
  type ApiDocument,
  forPeople,
  type Parameter,
  type PlacedOperation,
} from "../../openapi/api-document.ts";
import { exampleValue } from "../../openapi/example-value.ts";
import type { Html } from "./prose.ts";
import { credentialVariable, type RequestExample } from "./request-example.ts";
import { choicesOf } from "./schema-shape.ts";
import type { Words } from "./words.ts";

interface FormPlace {
  document: ApiDocument;
  words: Words;
  placed: PlacedOperation;
  example: RequestExample;
}

function control({ document, words }: FormPlace, id: string, parameter: Parameter): Html {
  const { name, schema } = parameter;
  const required = parameter.required === true;
  const attributes = html`id="${id}" data-in="${parameter.in}" data-name="${name}"
  ${required ? "required" : ""}`;
  const choices = choicesOf(document, schema);
  if (choices.length > 0) {
    const none = required ? "" : html`<option value="">${words.choose}</option>`;
    const options = choices.map((value) => html`<option>${value}</option>`);
    return html`<select ${attributes}>
      ${none}${options}
    </select>`;
  }
  const example = exampleValue(document, schema);
  const shown = schema.examples === undefined && !required ? "" : String(example);
  const filled = required ? html`value="${shown}"` : html`placeholder="${shown}"`;
  return html`<input type="text" ${attributes} ${filled} autocomplete="off" spellcheck="false" />`;
}

function field(place: FormPlace, parameter: Parameter): Html {
  const id = `${place.placed.operation.operationId}-${parameter.in}-${parameter.name}`;
  const star = parameter.required === true ? html` <em class="required">${place.words.required}</em>` : "";
  return html`<div>
    <label for="${id}"><code>${parameter.name}</code>${star}</label>${control(place, id, parameter)}
  </div>`;
}

/** Never named, so never submitted by the browser itself: it cannot end up in an address or a history. */
export function credentialField(id: string, label: string): Html {
  return html`<div>
    <label for="${id}">${label}</label
    ><input class="key" type="password" id="${id}" autocomplete="off" spellcheck="false" />
  </div>`;
}

function bodyField({ placed, words, example }: FormPlace): Html | "" {
  if (example.body === null) return "";
  const id = `${placed.operation.operationId}-body`;
  const rows = Math.min(14, example.body.split("\n").length + 1);
  return html`<div>
    <label for="${id}">${words.body}</label
    ><textarea id="${id}" rows="${rows}" spellcheck="false">${example.body}</textarea>
  </div>`;
}

function answerPlace(words: Words): Html {
  return html`<p class="status" role="status"></p>
    <div class="answer" hidden>
      <dl></dl>
      <pre tabindex="0" role="region" aria-label="${words.answer}"></pre>
    </div>`;
}

/** A form that sends the request from the page; the script shows it, for without it nothing can be sent. */
export function tryForm(place: FormPlace): Html {
  const { placed, words, example } = place;
  const { operationId, parameters = [], security } = placed.operation;
  const variable = credentialVariable(security);
  const label = forPeople(security) ? words.session : words.key;
  return html`<form
    class="try"
    hidden
    aria-labelledby="${operationId}-try"
    data-method="${placed.method}"
    data-path="${placed.path}"
    data-type="${example.contentType ?? ""}"
    data-closed="${String(variable !== null)}"
    data-variable="${variable ?? ""}"
  >
    <h4 id="${operationId}-try">${words.tryIt}</h4>
    ${variable !== null ? credentialField(`${operationId}-key`, label) : ""}
    ${parameters.map((parameter) => field(place, parameter))} ${bodyField(place)}
    <button class="send">${words.send}</button>
    ${answerPlace(words)}
  </form>`;
}

import { html } from "hono/html";
import {
  type ApiDocument,
  type NamedSchema,
  resolveSchema,
  type Schema,
} from "../../openapi/api-document.ts";
import { type Html, phrase } from "./prose.ts";
import { choicesOf, shapeOf } from "./schema-shape.ts";
import type { Words } from "./words.ts";

/** Where one is: what to read in, and the names already open, so that a schema that holds itself ends. */
export interface SchemaPlace {
  document: ApiDocument;
  words: Words;
  /** Requests stress what must be sent, answers what may be absent. */
  stress: "required" | "optional";
  within: string[];
}

export function schemaPlace(place: Omit<SchemaPlace, "within">): SchemaPlace {
  return { ...place, within: [] };
}

function notes(place: SchemaPlace, schema: Schema): Html[] {
  const resolved = resolveSchema(place.document, schema).schema;
  const description = schema.description ?? resolved.description;
  const choices = choicesOf(place.document, schema);
  const [example] = resolved.properties === undefined ? (resolved.examples ?? []) : [];
  return [
    ...(description === undefined ? [] : [html`<p lang="en">${phrase(description)}</p>`]),
    ...(choices.length === 0
      ? []
      : [html`<p class="values">${choices.map((one) => html`<code>${one}</code> `)}</p>`]),
    ...(example === undefined
      ? []
      : [
          html`<p class="eg">
            ${place.words.example.toLowerCase()}
            <code>${typeof example === "string" ? example : JSON.stringify(example)}</code>
          </p>`,
        ]),
  ];
}

function mark(place: SchemaPlace, required: boolean): Html | "" {
  if (required !== (place.stress === "required")) return "";
  return html`<em class="${place.stress}">${place.words[place.stress]}</em>`;
}

function member(place: SchemaPlace, name: string, of: { schema: Schema; required: boolean }): Html {
  const { label, objects } = shapeOf(place.document, of.schema);
  const head = html`<code class="name">${name}</code>
    <span class="type">${label}</span> ${mark(place, of.required)}`;
  const body = notes(place, of.schema);
  const open = objects.filter((one) => one.name === null || !place.within.includes(one.name));
  if (open.length === 0) return html`<li>${head}${body}</li>`;
  return html`<li>
    <details>
      <summary>${head}</summary>
      ${body}${open.map((one) => objectView(place, one))}
    </details>
  </li>`;
}

function objectView(place: SchemaPlace, { name, schema }: NamedSchema): Html {
  const inside = name === null ? place : { ...place, within: [...place.within, name] };
  const members = Object.entries(schema.properties ?? {}).map(([key, value]) =>
    member(inside, key, { schema: value, required: schema.required?.includes(key) ?? false }),
  );
  return html`<ul class="fields">
    ${members}
  </ul>`;
}

/** A schema to read: its type, and its members, each of which opens. What one has to send shows at once. */
export function schemaView(place: SchemaPlace, schema: Schema): Html {
  const { label, objects } = shapeOf(place.document, schema);
  if (objects.length === 0) return html`<p><span class="type">${label}</span></p>`;
  const views = objects.map((one) => objectView(place, one));
  return html`<details class="schema" ${place.stress === "required" ? "open" : ""}>
    <summary><span class="type">${label}</span></summary>
    ${notes(place, schema)}${views}
  </details>`;
}

/** A parameter, a header: one line of the same look. */
export function memberView(
  place: SchemaPlace,
  name: string,
  of: { schema: Schema; required: boolean },
): Html {
  return member(place, name, of);
}

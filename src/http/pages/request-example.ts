import {
  type ApiDocument,
  forPeople,
  type Operation,
  type PlacedOperation,
} from "../../openapi/api-document.ts";
import { exampleValue } from "../../openapi/example-value.ts";
import { ORIGIN_MARK } from "./layout.ts";

/** A request that works, in pieces: the form and the curl command are both made from it. */
export interface RequestExample {
  path: string;
  contentType: string | null;
  body: string | null;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function requestExample(document: ApiDocument, { path, operation }: PlacedOperation): RequestExample {
  const filled = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "path")
    .reduce((text, { name, schema }) => {
      const value = encodeURIComponent(String(exampleValue(document, schema)));
      return text.replace(`{${name}}`, value);
    }, path);
  const [media] = Object.entries(operation.requestBody?.content ?? {});
  if (media === undefined) return { path: filled, contentType: null, body: null };
  const [contentType, { schema }] = media;
  const example = exampleValue(document, schema ?? {});
  const body = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  return { path: filled, contentType, body };
}

/** The variable of the reader's shell that holds the credential; null: none is needed. */
export function credentialVariable(security: Operation["security"]): string | null {
  if (security.length === 0) return null;
  return forPeople(security) ? "MAI_TOKEN" : "MAI_KEY";
}

/** The credential comes from the reader's shell: a command line is no place for a secret. */
export function curlCommand(method: string, variable: string | null, example: RequestExample): string {
  const verb = method === "GET" ? "" : `-X ${method} `;
  const lines = [`curl ${verb}${quote(ORIGIN_MARK + example.path)}`];
  if (variable !== null) lines.push(`-H "Authorization: Bearer $${variable}"`);
  if (example.contentType !== null) lines.push(`-H ${quote(`Content-Type: ${example.contentType}`)}`);
  if (example.body !== null) lines.push(`-d ${quote(example.body)}`);
  return lines.join(" \\\n  ");
}

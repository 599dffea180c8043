import { createApp } from "../src/http/app.ts";
import { buildDocument } from "../src/openapi/document.ts";

/** The document as it is committed in `docs/openapi.json`: the routes describe themselves, nothing runs. */
export function documentText(): string {
  const app = createApp(() => {
    throw new Error("the document is made without serving anything");
  });
  return `${JSON.stringify(buildDocument(app), null, 2)}\n`;
}

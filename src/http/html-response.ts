import { NONCE_MARK, ORIGIN_MARK } from "./pages/layout.ts";
import { BASE_SECURITY } from "./security-headers.ts";

const NONCE_BYTES = 16;

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function newNonce(): string {
  return btoa(String.fromCodePoint(...crypto.getRandomValues(new Uint8Array(NONCE_BYTES))));
}

/** A rendered page under a nonce of its own; for that reason no cache may keep it. */
export function htmlResponse(page: string, request: Request): Response {
  const nonce = newNonce();
  const origin = escapeHtml(new URL(request.url).origin);
  const body = page.replaceAll(NONCE_MARK, nonce).replaceAll(ORIGIN_MARK, () => origin);
  return new Response(body, {
    headers: {
      ...BASE_SECURITY,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(nonce),
      "cache-control": "no-store",
      vary: "Accept, Accept-Language",
      "cross-origin-opener-policy": "same-origin",
    },
  });
}

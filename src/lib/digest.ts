import { hex } from "./hex.ts";

/** SHA-256 of UTF-8 text, lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

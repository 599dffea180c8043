import { isSpecialIpv4, isSpecialIpv6 } from "./special-addresses.ts";

export type PublicUrlFault =
  | "too_long"
  | "malformed"
  | "scheme" // not https
  | "userinfo"
  | "port" // neither 443 nor 1024 and above
  | "address" // an IP address in a private or special range, or not written as four decimal parts
  | "name"; // a name that means something inside a network only

export interface PublicUrlOptions {
  /** Lets `http` and `https` reach this very machine: for development. */
  allowLoopback: boolean;
}

const MAX_LENGTH = 2_048;
const DOTTED = /^\d+\.\d+\.\d+\.\d+$/;
const INTERNAL_NAME =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|arpa|onion)$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The host as the URL parser reads it: lower case, punycode, octal and hexadecimal made decimal. */
function hostFault(host: string, text: string): PublicUrlFault | null {
  if (host.startsWith("[")) return isSpecialIpv6(host.slice(1, -1)) ? "address" : null;
  if (DOTTED.test(host)) {
    // Whoever writes a public address in another way than everybody has something to hide.
    const plain = text.slice("https://".length).startsWith(host);
    return !plain || isSpecialIpv4(host) ? "address" : null;
  }
  const name = host.replace(/\.+$/, "");
  return !name.includes(".") || INTERNAL_NAME.test(name) ? "name" : null;
}

/**
 * Why we must not call a URL that a user gave, or null. What a public name resolves to is not known here: a Worker
 * can't look before it calls, and a name may resolve otherwise the next time.
 */
export function publicUrlFault(text: string, { allowLoopback }: PublicUrlOptions): PublicUrlFault | null {
  if (text.length > MAX_LENGTH) return "too_long";
  // The parser drops line breaks and reads backslashes as slashes: what we judge would not be what people see.
  if (/[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return "malformed";
  const { protocol, hostname, port, username, password } = new URL(text);
  if (username !== "" || password !== "") return "userinfo";
  const web = protocol === "https:" || protocol === "http:";
  if (allowLoopback && web && LOOPBACK.test(hostname)) return null;
  if (protocol !== "https:" || !/^https:\/\//i.test(text)) return "scheme";
  const host = hostFault(hostname, text);
  if (host !== null) return host;
  return port === "" || Number(port) >= 1_024 ? null : "port";
}

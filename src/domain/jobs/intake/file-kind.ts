import type { UnreadableReason } from "./errors.ts";

const SIGNATURES: { bytes: number[]; reason: UnreadableReason }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], reason: "archive" },
  { bytes: [0x50, 0x4b, 0x05, 0x06], reason: "archive" },
  { bytes: [0x1f, 0x8b], reason: "archive" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], reason: "spreadsheet" },
  { bytes: [0xff, 0xfe], reason: "utf16" },
  { bytes: [0xfe, 0xff], reason: "utf16" },
];

/** `xl/` among the names that a zip begins with: it is what Excel saves by itself. */
const WORKBOOK = /xl\/|\[Content_Types\]\.xml/;
const SAMPLE_BYTES = 2_048;
/** Text in UTF-16 has NUL in most of its even places and few of the odd ones, or the other way round. */
const UTF16_SHARE = { most: 0.6, few: 0.2 };

function nulShare(bytes: Uint8Array, parity: number): number {
  const places = bytes.filter((_, index) => index % 2 === parity);
  return places.length === 0 ? 0 : places.filter((byte) => byte === 0).length / places.length;
}

/** Why a file that begins like this is no CSV; null: it may be one. */
export function fileFault(head: Uint8Array): UnreadableReason | null {
  const start = head.subarray(0, SAMPLE_BYTES);
  const found = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte));
  if (found?.reason === "archive" && WORKBOOK.test(new TextDecoder("windows-1252").decode(start))) {
    return "spreadsheet";
  }
  if (found !== undefined) return found.reason;
  const [few = 0, most = 0] = [nulShare(start, 0), nulShare(start, 1)].sort((one, other) => one - other);
  return most > UTF16_SHARE.most && few < UTF16_SHARE.few ? "utf16" : null;
}

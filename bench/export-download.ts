import { createHash, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

const RANGES = 5;

export interface Expected {
  bytes: number;
  rows: number;
  /** SHA-256, hexadecimal. */
  digest: string;
}

/** Fetches a file by its link into `path`, and again in ranges. What is wrong; nothing when all is as expected. */
export async function checkDownload(
  link: string,
  path: string,
  { expected, signal }: { expected: Expected; signal: AbortSignal },
): Promise<string[]> {
  const wrong: string[] = [];
  const response = await fetch(link, { signal });
  const digest = await bodyOf(response, 200, createWriteStream(path));
  const repr = `sha-256=:${Buffer.from(expected.digest, "hex").toString("base64")}:`;
  if (digest !== expected.digest) wrong.push(`SHA-256 ${digest}, not ${expected.digest}`);
  for (const [name, value] of [
    ["repr-digest", repr],
    ["x-row-count", String(expected.rows)],
    ["content-length", String(expected.bytes)],
  ] as const) {
    const found = response.headers.get(name);
    if (found !== value) wrong.push(`${name}: ${found}, not ${value}`);
  }
  const inRanges = await digestOfRanges(link, expected, { etag: response.headers.get("etag") ?? "", signal });
  if (inRanges !== expected.digest) wrong.push(`SHA-256 ${inRanges} of the file put together from ranges`);
  return wrong;
}

async function digestOfRanges(
  link: string,
  { bytes }: Expected,
  { etag, signal }: { etag: string; signal: AbortSignal },
): Promise<string> {
  const hash = createHash("sha256");
  const length = Math.ceil(bytes / RANGES);
  for (let from = 0; from < bytes; from += length) {
    const range = `bytes=${from}-${Math.min(from + length, bytes) - 1}`;
    const response = await fetch(link, { headers: { range, "if-range": etag }, signal });
    await pipeline(piecesOf(response, 206), hashing(hash));
  }
  return hash.digest("hex");
}

async function bodyOf(response: Response, status: number, file: Writable): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(
    piecesOf(response, status),
    async function* through(pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    file,
  );
  return hash.digest("hex");
}

async function* piecesOf(response: Response, status: number): AsyncGenerator<Uint8Array> {
  if (response.status !== status || response.body === null) {
    throw new Error(`a download answered ${response.status}, not ${status}`);
  }
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function hashing(hash: Hash): Writable {
  return new Writable({
    write: (piece: Uint8Array, _, done) => {
      hash.update(piece);
      done();
    },
  });
}

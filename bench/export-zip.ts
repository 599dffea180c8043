import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";

export interface ZipEntry {
  name: string;
  /** Of its local header. */
  offset: number;
  packed: number;
  size: number;
  crc: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;

/** An archive as its directory, at the end, has it. */
export async function readZipDirectory(path: string): Promise<ZipEntry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const end = await bytesAt(file, size - END_BYTES, END_BYTES);
    if (end.readUInt32LE(0) !== END) throw new Error("no archive, or one with a comment");
    const directory = await bytesAt(file, end.readUInt32LE(16), end.readUInt32LE(12));
    return entriesOf(directory, end.readUInt16LE(10));
  } finally {
    await file.close();
  }
}

function entriesOf(directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== CENTRAL) throw new Error("the directory of the archive is broken");
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += CENTRAL_BYTES + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Hands on what an entry holds, piece by piece. Throws, at the end, when it is not what the directory says. */
export async function readZipEntry(
  path: string,
  entry: ZipEntry,
  take: (pieces: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const file = await open(path);
  try {
    const local = await bytesAt(file, entry.offset, LOCAL_BYTES);
    const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
    const packed = file.createReadStream({ start, end: start + entry.packed - 1, autoClose: false });
    const seen = { size: 0, crc: 0 };
    await pipeline(packed, createInflateRaw(), async (pieces: AsyncIterable<Uint8Array>) =>
      take(counted(pieces, seen)),
    );
    if (seen.size !== entry.size || seen.crc !== entry.crc) throw new Error(`${entry.name} is damaged`);
  } finally {
    await file.close();
  }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  seen: { size: number; crc: number },
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    seen.size += piece.length;
    seen.crc = crc32(piece, seen.crc);
    yield piece;
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error("the archive ends too early");
  return buffer;
}

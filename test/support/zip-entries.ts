import { inflateRawSync } from "node:zlib";

export interface ZipEntry {
  name: string;
  /** What the directory says. */
  crc: number;
  size: number;
  content: Buffer;
}

const END_BYTES = 22;

/** Each entry by the central directory, its data read as one deflate stream. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const file = Buffer.from(bytes);
  const end = file.length - END_BYTES;
  signed(file, end, 0x06054b50);
  const entries: ZipEntry[] = [];
  for (let at = file.readUInt32LE(end + 16); at < end;) {
    signed(file, at, 0x02014b50);
    const packed = file.readUInt32LE(at + 20);
    const length = file.readUInt16LE(at + 28);
    const offset = file.readUInt32LE(at + 42);
    const start = offset + 30 + length;
    signed(file, offset, 0x04034b50);
    signed(file, start + packed, 0x08074b50);
    entries.push({
      name: file.toString("utf8", at + 46, at + 46 + length),
      crc: file.readUInt32LE(at + 16),
      size: file.readUInt32LE(at + 24),
      content: inflateRawSync(file.subarray(start, start + packed)),
    });
    at += 46 + length;
  }
  if (entries.length !== file.readUInt16LE(end + 10)) throw new Error("the directory is not whole");
  return entries;
}

function signed(file: Buffer, at: number, signature: number): void {
  if (file.readUInt32LE(at) !== signature) throw new Error(`no signature at ${at}`);
}

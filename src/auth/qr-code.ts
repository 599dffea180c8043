import { encode as encodePng } from "fast-png";
import { encode, renderSVG } from "uqr";

/** ISO 18004 asks for a margin of four modules. */
const SHAPE = { ecc: "M", boostEcc: false, border: 4 } as const;
const PIXELS_PER_MODULE = 6;

export function qrSvg(text: string): string {
  return renderSVG(text, SHAPE);
}

/** One bit per pixel, white is 1, each row filled up to whole bytes. */
function bitmap(modules: boolean[][]): Uint8Array {
  const size = modules.length * PIXELS_PER_MODULE;
  const rowBytes = Math.ceil(size / 8);
  const data = new Uint8Array(rowBytes * size).fill(0xff);
  for (let y = 0; y < size; y++) {
    const row = modules[Math.floor(y / PIXELS_PER_MODULE)];
    for (let x = 0; x < size; x++) {
      const byte = y * rowBytes + (x >> 3);
      if (row?.[Math.floor(x / PIXELS_PER_MODULE)]) data[byte] = (data[byte] ?? 0) & ~(0x80 >> (x & 7));
    }
  }
  return data;
}

/** A black and white PNG as a `data:` address. */
export function qrPng(text: string): string {
  const modules = encode(text, SHAPE).data;
  const size = modules.length * PIXELS_PER_MODULE;
  const png = encodePng({ width: size, height: size, channels: 1, depth: 1, data: bitmap(modules) });
  return `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""))}`;
}

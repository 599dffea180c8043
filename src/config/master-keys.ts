import { z } from "zod";

export interface MasterKey {
  id: string;
  /** 32 bytes. */
  bytes: Uint8Array;
}

const SHAPE = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/]{43}=)$/;

function parseKey(text: string): MasterKey | null {
  const match = SHAPE.exec(text.trim());
  const [, id, encoded] = match ?? [];
  if (id === undefined || encoded === undefined) return null;
  return { id, bytes: Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)) };
}

/** `id:base64 of 32 bytes`, comma-separated; the first one wraps, the others still open. */
export const MasterKeys = z.string().transform((text, context): MasterKey[] => {
  const keys = text.split(",").map(parseKey);
  const known = keys.filter((key) => key !== null);
  const distinct = new Set(known.map(({ id }) => id)).size === known.length;
  if (known.length === keys.length && distinct) return known;
  context.addIssue({
    code: "custom",
    message: "must be id:base64 of 32 bytes, comma-separated, ids distinct",
  });
  return z.NEVER;
});

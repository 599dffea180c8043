const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** `<prefix>_` + milliseconds (9 characters, base 36) + 80 random bits: sorts by time, collides never. */
export function newId(prefix: string, now: number, random: (length: number) => Uint8Array): string {
  const time = now.toString(36).padStart(9, "0");
  const noise = Array.from(random(16), (byte) => ALPHABET[byte & 31]).join("");
  return `${prefix}_${time}${noise}`;
}

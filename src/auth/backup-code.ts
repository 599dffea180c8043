/** Crockford's base 32: none of its characters is mistaken for another. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 10;
const SHAPE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** 50 random bits as two groups of five, such as `7k2pq-x04mz`. */
export function generateBackupCode(random: (length: number) => Uint8Array): string {
  const text = Array.from(random(LENGTH), (byte) => ALPHABET[byte & 31]).join("");
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

/** A code as people copy it (capitals, spaces, hyphens, O for 0, I and L for 1); null when it can't be one. */
export function normaliseBackupCode(text: string): string | null {
  const code = text.toLowerCase().replaceAll(/[\s-]/g, "").replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return SHAPE.test(code) ? code : null;
}

/** No upstream of ours closes for longer; a larger value is a mistake or a trap. */
const LONGEST_MS = 24 * 60 * 60 * 1_000;

const clamp = (ms: number): number => Math.min(Math.max(0, Math.round(ms)), LONGEST_MS);

/** Reads `Retry-After`, seconds or HTTP date, as milliseconds from `now`; null when absent or unreadable. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const value = (header ?? "").trim();
  if (/^\d+(\.\d+)?$/.test(value)) return clamp(Number(value) * 1_000);
  // Date.parse reads almost anything: only a value with a month name is an HTTP date.
  const at = /[A-Za-z]{3}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : clamp(at - now);
}

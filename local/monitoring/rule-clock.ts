const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** How fast time goes by in the rules: at a scale of 20 what takes an hour in production takes three minutes. */
export interface RuleClock {
  /** A window or a `for`, as Prometheus writes durations. */
  span: (seconds: number) => string;
  /** How many seconds such a window has. */
  seconds: (seconds: number) => number;
}

export function ruleClock(scale: number): RuleClock {
  return { span: (seconds) => duration((seconds * 1_000) / scale), seconds: (seconds) => seconds / scale };
}

/** In the greatest unit that needs no fraction. */
export function duration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  const unit = UNITS.find(([, size]) => whole % size === 0);
  return unit === undefined ? `${whole}ms` : `${whole / unit[1]}${unit[0]}`;
}

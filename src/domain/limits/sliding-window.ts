/** How much is allowed: `limit` in any `windowMs`, and `burst` more within a short time once that is spent. */
export interface LimitWindow {
  policy: string;
  limit: number;
  windowMs: number;
  /** 0: none. */
  burst: number;
}

/** Admissions that stop counting at the same moment. */
interface Charge {
  until: number;
  count: number;
}

/** Permits that were charged at once and are being spent elsewhere. */
interface Lease {
  id: string;
  granted: number;
  expiresAt: number;
  /** Of its charge. */
  until: number;
}

export interface WindowState {
  /** By `until`, the earliest first. */
  charges: Charge[];
  /** When the limit was last exceeded on the burst allowance. */
  burstFrom: number | null;
  leases: Lease[];
}

export interface Reading {
  /** Of the limit, the burst allowance not counted. */
  remaining: number;
  /** Until `remaining` grows; after a refusal, until the next admission. */
  resetMs: number;
}

export interface Grant extends Reading {
  /** 0: refused, and `resetMs` says for how long. */
  granted: number;
}

export interface Refund {
  leaseId: string;
  unspent: number;
}

/** Longer leases would hold back more of what nobody spends. */
export const LEASE_MS = 1_000;
export const BURST_MS = 60_000;

const STEPS = 1_000;
const LEASED_FROM = 101;
const LEASE_SHARE = 1 / 50;
/** Nearer to the limit than this, every permit is asked for. */
const NEAR_SHARE = 1 / 10;
/** Beyond, the oldest can no longer be handed back. */
const MAX_LEASES = 20;

export function newWindowState(): WindowState {
  return { charges: [], burstFrom: null, leases: [] };
}

/**
 * When an admission stops counting: `windowMs` after the END of its step, so that no window of that length
 * ever holds more than the limit, wherever it begins.
 */
function countsUntil(at: number, windowMs: number): number {
  const step = Math.max(1, Math.floor(windowMs / STEPS));
  return (Math.floor(at / step) + 1) * step + windowMs;
}

function usedOf(state: WindowState): number {
  return state.charges.reduce((sum, { count }) => sum + count, 0);
}

function forgetPast(state: WindowState, now: number): void {
  const first = state.charges.findIndex(({ until }) => until > now);
  state.charges.splice(0, first === -1 ? state.charges.length : first);
  state.leases = state.leases.filter(({ until }) => until > now);
}

/** Leases are charged ahead, so a later charge may end earlier. */
function charge(state: WindowState, until: number, count: number): void {
  const index = state.charges.findLastIndex((one) => one.until <= until);
  const found = state.charges[index];
  if (found?.until === until) found.count += count;
  else state.charges.splice(index + 1, 0, { until, count });
}

/** When no more than `target` admissions are counted any longer. */
function usedAtMost(target: number, state: WindowState, now: number): number {
  let used = usedOf(state);
  if (used <= target) return now;
  const freeing = state.charges.find(({ count }) => (used -= count) <= target);
  return freeing?.until ?? now;
}

/** The allowance opens once per window, and for a short time. */
function isBurstOpen(state: WindowState, windowMs: number, now: number): boolean {
  const { burstFrom } = state;
  return burstFrom === null || now < burstFrom + BURST_MS || now >= burstFrom + windowMs;
}

function ceilingOf(state: WindowState, window: LimitWindow, now: number): number {
  return window.limit + (isBurstOpen(state, window.windowMs, now) ? window.burst : 0);
}

function nextAdmission(state: WindowState, window: LimitWindow, now: number): number {
  const { limit, burst, windowMs } = window;
  const plain = usedAtMost(limit - 1, state, now);
  if (burst === 0) return plain;
  const room = usedAtMost(limit + burst - 1, state, now);
  const opens = isBurstOpen(state, windowMs, room) ? room : (state.burstFrom ?? room) + windowMs;
  return Math.min(plain, opens);
}

/** How many permits one call may be granted. */
function mostAtOnce({ limit }: LimitWindow, remaining: number): number {
  if (limit < LEASED_FROM || remaining < limit * NEAR_SHARE) return 1;
  return Math.max(1, Math.floor(limit * LEASE_SHARE));
}

/** When nothing is counted any more; 0 when nothing is. */
export function lastsUntil(state: WindowState): number {
  return state.charges.at(-1)?.until ?? 0;
}

/** What is left, without charging. */
export function readWindow(state: WindowState, { limit }: LimitWindow, now: number): Reading {
  forgetPast(state, now);
  const used = usedOf(state);
  return {
    remaining: Math.max(0, limit - used),
    resetMs: usedAtMost(Math.min(used, limit) - 1, state, now) - now,
  };
}

/**
 * Charges up to `want` permits, or none when the limit is reached. More than one make a lease: they may be spent
 * until `LEASE_MS` from now and count as if all were spent then.
 */
export function takePermits(
  state: WindowState,
  window: LimitWindow,
  { now, want, leaseId }: { now: number; want: number; leaseId: string },
): Grant {
  forgetPast(state, now);
  const used = usedOf(state);
  if (used >= ceilingOf(state, window, now)) {
    return { granted: 0, remaining: 0, resetMs: nextAdmission(state, window, now) - now };
  }
  const granted = Math.min(want, mostAtOnce(window, window.limit - used));
  const beginsBurst = used >= window.limit && !(state.burstFrom !== null && now < state.burstFrom + BURST_MS);
  if (beginsBurst) state.burstFrom = now;
  const expiresAt = granted > 1 ? now + LEASE_MS : now;
  const until = countsUntil(expiresAt, window.windowMs);
  charge(state, until, granted);
  if (granted > 1) {
    state.leases = [...state.leases, { id: leaseId, granted, expiresAt, until }].slice(-MAX_LEASES);
  }
  return { granted, ...readWindow(state, window, now) };
}

/**
 * Takes back what was not spent of leases that are over, each once. Returns the ids of those that are not over
 * yet: they are to be handed back again later.
 */
export function takeBack(state: WindowState, refunds: readonly Refund[], now: number): string[] {
  const early: string[] = [];
  for (const { leaseId, unspent } of refunds) {
    const lease = state.leases.find(({ id }) => id === leaseId);
    if (lease === undefined) continue;
    if (lease.expiresAt > now) {
      early.push(leaseId);
      continue;
    }
    const charged = state.charges.find(({ until }) => until === lease.until);
    if (charged !== undefined) charged.count -= Math.min(unspent, lease.granted);
    state.leases = state.leases.filter((one) => one !== lease);
  }
  state.charges = state.charges.filter(({ count }) => count > 0);
  return early;
}

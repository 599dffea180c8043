import type { Standing } from "../domain/limits/lease-book.ts";
import { BURST_MS, type LimitWindow } from "../domain/limits/sliding-window.ts";

/** What does not change from one request to the next. */
interface Announcement {
  policy: string;
  limit: string;
}

const announcements = new WeakMap<LimitWindow, Announcement>();

function announcementOf(window: LimitWindow): Announcement {
  const known = announcements.get(window);
  if (known !== undefined) return known;
  const { policy, limit, windowMs, burst } = window;
  const quota = `"${policy}";q=${limit};w=${windowMs / 1_000}`;
  const announcement = {
    policy: burst === 0 ? quota : `${quota},"${policy}_burst";q=${burst};w=${BURST_MS / 1_000}`,
    limit: String(limit),
  };
  announcements.set(window, announcement);
  return announcement;
}

/** Both families: the structured fields of the IETF draft, and the `X-` names that clients know. */
export function rateLimitHeaders({ window, remaining, resetMs }: Standing): Record<string, string> {
  const { policy, limit } = announcementOf(window);
  const seconds = Math.ceil(resetMs / 1_000);
  return {
    "ratelimit-policy": policy,
    ratelimit: `"${window.policy}";r=${remaining};t=${seconds}`,
    "x-ratelimit-limit": limit,
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(seconds),
  };
}

/** Instead of them, when nothing was counted. */
export const UNCOUNTED_HEADERS = { "x-ratelimit-status": "unavailable" } as const;

import { parseSiren } from "../../companies/siren.ts";
import type { HookChannel } from "../hook-channel.ts";

/** What one notification may name; a longer one would keep one consumer busy for minutes. */
export const MOST_SIRENS = 1_000;
const MOST_CHANGES = 200;

/** What is kept of a notification: who is concerned and what changed, never the new values. */
export interface Notification {
  sirens: string[];
  /** `type` of the generic channel; `changed`: names of the members that Pappers sent, sorted. */
  about: { type: string } | { changed: string[] };
}

export type NotificationFault =
  | "hooks.not_object"
  | "hooks.type"
  | "hooks.no_siren"
  | "hooks.too_many_sirens";

export type ReadNotification =
  | { ok: true; notification: Notification }
  | { ok: false; path: (string | number)[]; fault: NotificationFault };

type Members = Record<string, unknown>;

/** What a channel's sender told us, leniently: what is not understood is left aside, as long as a SIREN is there. */
export function readNotification(channel: HookChannel, body: unknown): ReadNotification {
  return channel === "generic" ? readGeneric(body) : readPappers(body);
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{type, timestamp, data: {siren} | {sirens}}`, as Standard Webhooks recommends. */
function readGeneric(body: unknown): ReadNotification {
  if (!isMembers(body)) return { ok: false, path: [], fault: "hooks.not_object" };
  const { type, data } = body;
  if (typeof type !== "string" || !/^[\w.:-]{1,100}$/.test(type))
    return { ok: false, path: ["type"], fault: "hooks.type" };
  const members = isMembers(data) ? data : {};
  const listed: unknown[] = Array.isArray(members["sirens"]) ? members["sirens"] : [];
  return withSirens([members["siren"], ...listed], { about: { type }, path: ["data", "siren"] });
}

/** One notification or a list of them: `siren`, and one member for each thing that changed. */
function readPappers(body: unknown): ReadNotification {
  const given: unknown[] = Array.isArray(body) ? body : [body];
  const list = given.filter(isMembers);
  if (list.length === 0) return { ok: false, path: [], fault: "hooks.not_object" };
  const names = new Set(list.flatMap(changesOf));
  return withSirens(
    list.map(({ siren }) => siren),
    {
      about: { changed: [...names].sort().slice(0, MOST_CHANGES) },
      path: Array.isArray(body) ? [0, "siren"] : ["siren"],
    },
  );
}

/** A member that is empty says that nothing changed there. */
function changesOf(notification: Members): string[] {
  return Object.entries(notification).flatMap(([name, value]) => {
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    return name !== "siren" && !empty && /^[a-z][a-z0-9_]{0,63}$/.test(name) ? [name] : [];
  });
}

function withSirens(
  given: unknown[],
  { about, path }: { about: Notification["about"]; path: (string | number)[] },
): ReadNotification {
  const parsed = given.flatMap((one) => {
    const siren = typeof one === "string" ? parseSiren(one) : null;
    return siren?.ok === true ? [siren.siren] : [];
  });
  const sirens = [...new Set(parsed)];
  if (sirens.length === 0) return { ok: false, path, fault: "hooks.no_siren" };
  if (sirens.length > MOST_SIRENS) return { ok: false, path, fault: "hooks.too_many_sirens" };
  return { ok: true, notification: { sirens, about } };
}

import { DiscoveryRefused } from "../search/errors.ts";
import type { ExportStore } from "./export-access.ts";
import type { Export } from "./export.ts";

/** A link opens its file for this long. */
export const LINK_LIFE_MS = 60 * 60_000;

/** What a link proves. `expires`: seconds, as the link writes it. `issuedTo`: id of the key or the person that was given it. */
export interface LinkClaim {
  organisationId: string;
  exportId: string;
  expires: string;
  issuedTo: string;
}

/** Throws `StorageUnavailable`. */
export interface LinkSigner {
  sign(claim: LinkClaim): Promise<string>;
  isSigned(claim: LinkClaim, signature: string): Promise<boolean>;
}

/** An export whose file can be fetched. */
export interface Downloadable extends Export {
  status: "completed";
  objectKey: string;
  digest: string;
  expiresAt: string;
}

/** `now`: ms. */
export function isDownloadable(made: Export, now: number): made is Downloadable {
  const { status, objectKey, digest, expiresAt } = made;
  if (status !== "completed" || objectKey === null || digest === null || expiresAt === null) return false;
  return now < Date.parse(expiresAt);
}

/** Path and query of a link to the file, good for an hour or until the file is removed; null: there is no file. */
export async function downloadLink(
  { links, issuedTo }: { links: LinkSigner; issuedTo: string },
  made: Export,
  now: number,
): Promise<string | null> {
  if (!isDownloadable(made, now)) return null;
  const end = Math.min(now + LINK_LIFE_MS, Date.parse(made.expiresAt));
  const expires = String(Math.floor(end / 1_000));
  const claim = { organisationId: made.organisationId, exportId: made.id, expires, issuedTo };
  const signature = await links.sign(claim);
  return `/api/v2/exports/${made.id}/download?expires=${expires}&for=${issuedTo}&signature=${signature}`;
}

/** A link as it was sent: nothing more, nothing less, in this order. */
const LINK = /^\?expires=(\d{1,12})&for=([\w-]{1,64})&signature=([\w.-]{1,200})$/;

export interface OpenedLink extends Pick<LinkClaim, "issuedTo"> {
  made: Downloadable;
}

/**
 * The export that a link opens. `search`: the query of the link, with its question mark. Throws `DiscoveryRefused`: an
 * export that does not exist answers like one whose link is not ours.
 */
export async function openLink(
  deps: { store: Pick<ExportStore, "findAny">; links: LinkSigner },
  link: { exportId: string; search: string },
  now: number,
): Promise<OpenedLink> {
  const [, expires, issuedTo, signature] = LINK.exec(link.search) ?? [];
  if (expires === undefined || issuedTo === undefined || signature === undefined)
    throw new DiscoveryRefused("exports.link_refused");
  const made = await deps.store.findAny(link.exportId);
  // Also where there is no export: the answer must not come sooner.
  const claim = { organisationId: made?.organisationId ?? "", exportId: link.exportId, expires, issuedTo };
  const signed = await deps.links.isSigned(claim, signature);
  if (made === null || !signed) throw new DiscoveryRefused("exports.link_refused");
  if (now >= Number(expires) * 1_000 || !isDownloadable(made, now))
    throw new DiscoveryRefused("exports.link_expired");
  return { made, issuedTo };
}

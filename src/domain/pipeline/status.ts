/** How far an organisation is with a company, in the order of a deal; the last two end it without one. */
export const PIPELINE_STATUSES = [
  "a_qualifier",
  "a_contacter",
  "contacte",
  "en_discussion",
  "offre",
  "signe",
  "refuse",
  "abandonne",
] as const;
export type PipelineStatus = (typeof PIPELINE_STATUSES)[number];

/** As documents and pages write them. */
export const STATUS_LABELS: Record<PipelineStatus, { fr: string; en: string }> = {
  a_qualifier: { fr: "À qualifier", en: "To qualify" },
  a_contacter: { fr: "À contacter", en: "To contact" },
  contacte: { fr: "Contacté", en: "Contacted" },
  en_discussion: { fr: "En discussion", en: "In discussion" },
  offre: { fr: "Offre remise", en: "Offer made" },
  signe: { fr: "Signé", en: "Signed" },
  refuse: { fr: "Refusé", en: "Refused" },
  abandonne: { fr: "Abandonné", en: "Dropped" },
};

export type StatusCounts = Record<PipelineStatus, number>;

const NONE: StatusCounts = {
  a_qualifier: 0,
  a_contacter: 0,
  contacte: 0,
  en_discussion: 0,
  offre: 0,
  signe: 0,
  refuse: 0,
  abandonne: 0,
};

/** Companies by status, with a zero where there are none. */
export function statusCounts(found: { status: PipelineStatus; companies: number }[]): StatusCounts {
  const counts = { ...NONE };
  for (const { status, companies } of found) counts[status] = companies;
  return counts;
}

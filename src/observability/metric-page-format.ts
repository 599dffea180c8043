/** What `/metrics` may answer with. */
export type PageFormat = "openmetrics" | "prometheus";

export const PAGE_TYPES: Readonly<Record<PageFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const OPENMETRICS = "application/openmetrics-text";
const TEXT = ["text/plain", "text/*", "*/*"];

interface Range {
  type: string;
  version: string | null;
  q: number;
}

function rangeOf(text: string): Range {
  const [type = "", ...params] = text.split(";").map((part) => part.trim().toLowerCase());
  const valueOf = (name: string): string | null => {
    const found = params.find((param) => param.startsWith(`${name}=`));
    return found === undefined ? null : found.slice(name.length + 1).replaceAll('"', "");
  };
  const q = Number(valueOf("q") ?? 1);
  return { type, version: valueOf("version"), q: q >= 0 && q <= 1 ? q : 0 };
}

/** By `Accept`: OpenMetrics where it is named and liked no less than plain text, which everybody else gets. */
export function pageFormatOf(accept: string | null): PageFormat {
  const ranges = (accept ?? "").split(",").map(rangeOf);
  const wanted = ranges
    .filter(({ type, version }) => type === OPENMETRICS && (version === null || version === "1.0.0"))
    .reduce((most, { q }) => Math.max(most, q), 0);
  // The most specific range that fits is the one that counts.
  const text = TEXT.flatMap((type) => ranges.filter((range) => range.type === type))[0]?.q ?? 0;
  return wanted > 0 && wanted >= text ? "openmetrics" : "prometheus";
}

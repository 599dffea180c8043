import { type Sli, type Slo, SLOS } from "../src/observability/slos.ts";
import { markdownTable } from "./markdown-table.ts";

const BEGIN = "<!-- table: begin, written by `npm run docs:slo` -->";
const END = "<!-- table: end -->";

const HEAD = ["Objective", "About", "Good", "Counted by", "Of all", "Runbook"];

function goodText(sli: Sli): string {
  if (sli.by === "label") return `\`${sli.label}\` is not \`${sli.bad.replaceAll("|", "`, `")}\``;
  const within = `at most ${sli.seconds} s`;
  if (sli.except === null) return within;
  return `${within}; those with \`${sli.except.label}\` \`${sli.except.values}\` are left out`;
}

function cells({ id, title, kind, route, objective, sli }: Slo): string[] {
  return [
    `\`${id}\``,
    route === null ? title : `\`${route}\``,
    goodText(sli),
    `\`${sli.metric}\``,
    `${Number((objective * 100).toFixed(3))} %`,
    `[${kind}](runbooks/slo-${kind}.md)`,
  ];
}

/** docs/slo.md with the table that the declaration makes. Throws when the page has no place for it. */
export function withSloTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error("docs/slo.md lacks the table's marks");
  return `${before}${BEGIN}\n\n${markdownTable([HEAD, ...SLOS.map(cells)])}\n\n${END}${after}`;
}

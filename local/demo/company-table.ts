import type { Company } from "../../src/domain/companies/company.ts";
import type { ResultRow } from "./batch.ts";
import type { Terminal } from "./terminal.ts";

interface Column {
  title: string;
  width: number;
  side: "left" | "right";
  value: (company: Company) => string;
}

const UNKNOWN = "—";
const GAP = "  ";

const REASONS: Record<string, string> = {
  cessee: "struck off",
  liquidation_judiciaire: "in liquidation",
  organisme_public: "public body",
  sci: "real estate",
};

/** 107 columns with the gaps. */
const COLUMNS: Column[] = [
  {
    title: "Company",
    width: 30,
    side: "left",
    value: (company) => company.nom_entreprise ?? UNKNOWN,
  },
  { title: "City", width: 16, side: "left", value: (company) => company.siege?.ville ?? UNKNOWN },
  { title: "NAF", width: 6, side: "left", value: (company) => company.code_naf ?? UNKNOWN },
  { title: "Turnover", width: 9, side: "right", value: (company) => formatEuros(company.chiffre_affaires) },
  { title: "Staff", width: 8, side: "right", value: staff },
  { title: "Score", width: 5, side: "right", value: (company) => String(company.ma_score ?? UNKNOWN) },
  { title: "Conf.", width: 5, side: "right", value: confidence },
  { title: "Not for sale", width: 14, side: "left", value: ineligibility },
];

/** The companies found, best score first, those that cannot be scored last. */
export function companyTable(rows: ResultRow[], terminal: Terminal): string {
  const found = rows.flatMap(({ company }) => company ?? []);
  found.sort((a, b) => (b.ma_score ?? -1) - (a.ma_score ?? -1));
  const header = COLUMNS.map((column) => fit(column.title, column)).join(GAP);
  const lines = found.map((company) => {
    const line = COLUMNS.map((column) => fit(column.value(company), column))
      .join(GAP)
      .trimEnd();
    return company.ma_score === null ? terminal.paint("dim", line) : line;
  });
  return [terminal.paint("bold", header.trimEnd()), ...lines].join("\n");
}

const euros = new Intl.NumberFormat("fr-FR", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });

/** Three figures that matter: `950 €`, `412 k€`, `6,24 M€`, `27 400 M€`. */
export function formatEuros(amount: number | null): string {
  if (amount === null) return UNKNOWN;
  const size = Math.abs(amount);
  // 999 600 € would round to "1 000 k€".
  if (size >= 999_500) return `${euros.format(amount / 1e6)} M€`;
  if (size >= 999.5) return `${euros.format(amount / 1e3)} k€`;
  return `${whole.format(amount)} €`;
}

/** A known number, else the register's size band. */
function staff({ effectif, tranche_effectif: band }: Company): string {
  if (effectif !== null) return whole.format(effectif);
  if (band === null) return UNKNOWN;
  if (band.max === null || band.min >= 1000) return `${whole.format(band.min)}+`;
  return band.min === band.max ? String(band.min) : `${band.min}–${band.max}`;
}

function confidence({ score }: Company): string {
  return score?.eligible === true ? `${Math.round(score.confidence * 100)} %` : UNKNOWN;
}

/** Why a company has no score. */
function ineligibility({ score }: Company): string {
  if (score === null || score.eligible) return "";
  const reason = score.ineligible_reason ?? "not eligible";
  return REASONS[reason] ?? reason;
}

function fit(text: string, { width, side }: Column): string {
  const plain = text.normalize("NFC").replaceAll(/\s/g, " ");
  const short = plain.length > width ? `${plain.slice(0, width - 1)}…` : plain;
  return side === "left" ? short.padEnd(width) : short.padStart(width);
}

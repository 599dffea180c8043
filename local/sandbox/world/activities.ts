import codesNaf from "@socialgouv/codes-naf";
import type { NonEmpty } from "./random.ts";

export interface Activity {
  code: string;
  label: string;
  /** Label of the division. */
  domain: string;
  section: string;
  /**
   * NAF 2025 in its temporary key. Only the last letter can be relied on (the version rule: Y, G, H, J, K or L);
   * the pairing with the rev. 2 code is illustrative, no mapping may be drawn from it.
   */
  code2025: string | null;
  /** First words of company names in this trade. */
  trades: NonEmpty<string>;
  /** Euros of turnover per employee and year. */
  turnoverPerHead: number;
  /** Collective agreement. */
  idcc: { number: number; name: string };
}

const LABELS = new Map(codesNaf.map(({ id, label }) => [id, label]));

/** Every sub-class of NAF rev. 2. */
export const NAF_REV2_CODES: ReadonlySet<string> = new Set(
  [...LABELS.keys()].filter((id) => /^\d\d\.\d\d[A-Z]$/.test(id)),
);

const AGREEMENTS = {
  metal: { number: 3248, name: "Convention collective nationale de la métallurgie" },
  build: { number: 1597, name: "Convention collective nationale des ouvriers du bâtiment" },
  tech: { number: 1486, name: "Convention collective nationale des bureaux d'études techniques" },
  food: { number: 843, name: "Convention collective nationale de la boulangerie-pâtisserie" },
  trade: { number: 573, name: "Convention collective nationale des commerces de gros" },
  road: { number: 16, name: "Convention collective nationale des transports routiers" },
  hotel: { number: 1979, name: "Convention collective nationale des hôtels, cafés restaurants" },
  plastic: { number: 292, name: "Convention collective nationale de la plasturgie" },
  care: { number: 2941, name: "Convention collective nationale de l'aide à domicile" },
  clean: { number: 3043, name: "Convention collective nationale des entreprises de propreté" },
} as const;

interface Traits {
  agreement: keyof typeof AGREEMENTS;
  perHead: number;
  code2025?: string;
}

function activity(code: string, trades: string, traits: Traits): Activity {
  const [first = "", ...others] = trades.split("|");
  const label = LABELS.get(code);
  if (label === undefined) throw new Error(`${code} is not a NAF rev. 2 code`);
  return {
    code,
    label,
    domain: LABELS.get(code.slice(0, 2)) ?? label,
    section: sectionOf(Number(code.slice(0, 2))),
    code2025: traits.code2025 ?? null,
    trades: [first, ...others],
    turnoverPerHead: traits.perHead,
    idcc: AGREEMENTS[traits.agreement],
  };
}

const LAST_DIVISION: readonly (readonly [number, string])[] = [
  [3, "A"],
  [9, "B"],
  [33, "C"],
  [35, "D"],
  [39, "E"],
  [43, "F"],
  [47, "G"],
  [53, "H"],
  [56, "I"],
  [63, "J"],
  [66, "K"],
  [68, "L"],
  [75, "M"],
  [82, "N"],
  [84, "O"],
  [85, "P"],
  [88, "Q"],
  [93, "R"],
  [96, "S"],
  [98, "T"],
  [99, "U"],
];

function sectionOf(division: number): string {
  return LAST_DIVISION.find(([last]) => division <= last)?.[1] ?? "U";
}

export const MECHANICS = activity("25.62B", "ATELIERS|MECANIQUE|USINAGE", {
  agreement: "metal",
  perHead: 150_000,
  code2025: "25.53Y",
});
export const HOLDING = activity("64.20Z", "HOLDING|FINANCIERE|GROUPE", {
  agreement: "tech",
  perHead: 300_000,
});

export const ACTIVITIES: NonEmpty<Activity> = [
  MECHANICS,
  activity("10.71C", "BOULANGERIE|FOURNIL|MAISON", { agreement: "food", perHead: 75_000 }),
  activity("10.51C", "FROMAGERIE|LAITERIE", { agreement: "food", perHead: 260_000 }),
  activity("16.23Z", "CHARPENTES|MENUISERIES", { agreement: "build", perHead: 130_000 }),
  activity("18.12Z", "IMPRIMERIE", { agreement: "metal", perHead: 120_000 }),
  activity("20.42Z", "LABORATOIRES|PARFUMS", { agreement: "plastic", perHead: 290_000 }),
  activity("22.22Z", "EMBALLAGES|PLASTIQUES", { agreement: "plastic", perHead: 210_000 }),
  activity("22.29A", "PLASTURGIE|INJECTION", { agreement: "plastic", perHead: 165_000 }),
  activity("25.11Z", "CONSTRUCTIONS METALLIQUES|STRUCTURES", { agreement: "metal", perHead: 160_000 }),
  activity("25.50B", "DECOUPAGE|EMBOUTISSAGE", { agreement: "metal", perHead: 155_000 }),
  activity("26.51B", "INSTRUMENTS|MESURES", { agreement: "metal", perHead: 200_000 }),
  activity("28.22Z", "LEVAGE|MANUTENTION", { agreement: "metal", perHead: 220_000 }),
  activity("33.12Z", "MAINTENANCE|REPARATION", { agreement: "metal", perHead: 125_000 }),
  activity("41.20A", "MAISONS|CONSTRUCTIONS", { agreement: "build", perHead: 240_000 }),
  activity("43.21A", "ELECTRICITE|ENERGIES", { agreement: "build", perHead: 125_000 }),
  activity("43.22B", "THERMIQUE|CHAUFFAGE", { agreement: "build", perHead: 140_000, code2025: "43.22G" }),
  activity("43.34Z", "PEINTURES|DECORS", { agreement: "build", perHead: 85_000, code2025: "43.34Y" }),
  activity("45.20A", "GARAGE|AUTOMOBILES", { agreement: "trade", perHead: 150_000 }),
  activity("46.69B", "FOURNITURES|OUTILLAGE", { agreement: "trade", perHead: 380_000 }),
  activity("47.11D", "SUPERMARCHE|MARCHES", { agreement: "trade", perHead: 270_000 }),
  activity("49.41A", "TRANSPORTS|MESSAGERIE", { agreement: "road", perHead: 120_000, code2025: "49.41Y" }),
  activity("52.29B", "LOGISTIQUE|AFFRETEMENT", { agreement: "road", perHead: 330_000 }),
  activity("55.10Z", "HOTEL|AUBERGE", { agreement: "hotel", perHead: 95_000, code2025: "55.10Y" }),
  activity("56.10A", "RESTAURANT|TABLE", { agreement: "hotel", perHead: 70_000 }),
  activity("58.29C", "LOGICIELS|EDITIONS", { agreement: "tech", perHead: 140_000 }),
  activity("62.01Z", "INFORMATIQUE|NUMERIQUE", { agreement: "tech", perHead: 110_000, code2025: "62.10Y" }),
  activity("62.02A", "SYSTEMES|CONSEIL", { agreement: "tech", perHead: 120_000 }),
  activity("69.20Z", "FIDUCIAIRE|EXPERTISE", { agreement: "tech", perHead: 95_000, code2025: "69.20Y" }),
  activity("70.22Z", "CONSEIL|STRATEGIE", { agreement: "tech", perHead: 125_000 }),
  activity("71.12B", "INGENIERIE|ETUDES", { agreement: "tech", perHead: 105_000 }),
  activity("81.21Z", "PROPRETE|NETTOYAGE", { agreement: "clean", perHead: 38_000, code2025: "81.21Y" }),
  activity("86.90A", "AMBULANCES", { agreement: "road", perHead: 62_000 }),
  activity("88.10A", "AIDE A DOMICILE|SERVICES", { agreement: "care", perHead: 34_000 }),
];

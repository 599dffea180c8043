/** The same clause in both languages of the product. */
export interface Wording {
  fr: string;
  en: string;
}

/** A fraction as a percentage with at most one decimal, cut at ±999 so that an absurd ratio stays readable. */
export function percent(fraction: number): Wording {
  const bounded = Math.min(999, Math.max(-999, fraction * 100));
  const text = String(Math.round(bounded * 10) / 10);
  return { fr: `${text.replace(".", ",")} %`, en: `${text}%` };
}

export function plural(count: number, one: string, many: string): string {
  return `${count} ${count < 2 ? one : many}`;
}

/** Ascending years: a range when none is missing between them, else one by one. */
export function span(years: number[]): string {
  const [first] = years;
  const last = years.at(-1);
  if (first === undefined || last === undefined || last - first !== years.length - 1 || first === last)
    return years.join(", ");
  return `${first}–${last}`;
}

/** One sentence from the clauses of a block. */
export function sentence(title: Wording, clauses: Wording[]): Wording {
  return {
    fr: `${title.fr} : ${clauses.map(({ fr }) => fr).join(" ; ")}.`,
    en: `${title.en}: ${clauses.map(({ en }) => en).join("; ")}.`,
  };
}

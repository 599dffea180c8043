import { Random } from "../local/sandbox/world/random.ts";
import { ZipfTable } from "./zipf-table.ts";

const SYLLABLES =
  "ba be bé bo bou bra bri ca cha che cla cor cou da de dé do du fa fe fer fou ga gau ge gi gou gra gue ha ja jo ju la le lé li lo lou ma mar me mi mo mou na ne no pa pe per pi po pou qui ra re ri ro rou sa se si so sou ta te thé ti to tou tre va ve vi vo".split(
    " ",
  );
const ENDINGS =
  "rd nd t s x ne lle tte neau nier rin ron let lin gnon dier bert main sseau ville zac ec ic oz ët".split(
    " ",
  );
const COMMON =
  "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFÈVRE LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MÜLLER LÉVÊQUE GARCIA SANCHEZ".split(
    " ",
  );
const TRADES =
  "TRANSPORTS BÂTIMENT MENUISERIE BOULANGERIE PLOMBERIE ÉLECTRICITÉ GARAGE RESTAURATION CONSEIL INFORMATIQUE MAÇONNERIE PEINTURE COIFFURE PHARMACIE AMBULANCES TAXI PÂTISSERIE CRÊPERIE MÉCANIQUE CHAUDRONNERIE USINAGE LOGISTIQUE NETTOYAGE SÉCURITÉ FORMATION COMMUNICATION IMMOBILIER CONSTRUCTION RÉNOVATION CARRELAGE TERRASSEMENT PAYSAGE FERMETURES CHARPENTE COUVERTURE SERRURERIE IMPRIMERIE ÉDITIONS PRODUCTION DÉCORATION".split(
    " ",
  );
const KINDS =
  "GROUPE SOCIÉTÉ ÉTABLISSEMENTS ATELIERS MAISON CABINET HOLDING L'ATELIER ENTREPRISE COMPTOIR CÔTÉ AGENCE".split(
    " ",
  );
const ENDS =
  "FRANCE SERVICES & FILS DÉVELOPPEMENT INVEST & CIE SERVICES+ INTERNATIONAL 2000 (SUD) ÎLE-DE-FRANCE".split(
    " ",
  );

/** Made up, the same in every run: few are frequent, most are rare. */
const INVENTED = inventedNames(40_000);
const FAMILY_NAMES = new ZipfTable([...COMMON, ...INVENTED], 0.7);
const TRADE_WORDS = new ZipfTable(TRADES, 0.6);
const KIND_WORDS = new ZipfTable(KINDS, 0.8);
const END_WORDS = new ZipfTable(ENDS, 0.4);

/** Of one company in ten thousand or less. */
export const RARE_NAMES: readonly string[] = INVENTED.slice(2_000);
/** Trades, and words that a tenth of all companies have or more. */
export const FREQUENT_WORDS: readonly string[] = [...TRADES, "GROUPE", "SOCIÉTÉ", "FRANCE", "SCI", "MARTIN"];

export function familyName(random: Random): string {
  return FAMILY_NAMES.draw(random);
}

/** Such as `TRANSPORTS LEFÈVRE & FILS` or `SCI DU 14 BOUVIER`. */
export function companyName(random: Random, about: { realEstate: boolean; town: string }): string {
  if (about.realEstate) {
    return random.chance(0.4)
      ? `SCI DU ${random.int(1, 120)} ${familyName(random)}`
      : `SCI ${familyName(random)}`;
  }
  const trade = TRADE_WORDS.draw(random);
  const words = [random.chance(0.35) ? KIND_WORDS.draw(random) : null, random.chance(0.75) ? trade : null];
  words.push(random.chance(0.85) ? familyName(random) : about.town.toUpperCase());
  if (random.chance(0.3)) words.push(END_WORDS.draw(random));
  return words.filter((word) => word !== null).join(" ");
}

function inventedNames(count: number): string[] {
  const random = new Random("family names");
  const names = new Set<string>();
  const piece = (pieces: readonly string[]): string => pieces[random.int(0, pieces.length - 1)] ?? "";
  while (names.size < count) {
    const middle = random.chance(0.6) ? piece(SYLLABLES) : "";
    const name = `${piece(SYLLABLES)}${middle}${piece(SYLLABLES)}${piece(ENDINGS)}`.toUpperCase();
    names.add(random.chance(0.04) ? `${piece(COMMON)}-${name}` : name);
  }
  return [...names];
}

import { Random } from "../local/sandbox/world/random.ts";
import { departementOfPostalCode } from "../src/domain/companies/departement.ts";
import { DEPARTEMENTS } from "../src/domain/companies/departement-table.ts";

export interface Commune {
  name: string;
  codePostal: string;
  departement: string;
  region: string | null;
}

/** Where most companies are: name, first postal code. */
const LARGE =
  "Marseille 13001,Lyon 69001,Toulouse 31000,Nice 06000,Nantes 44000,Montpellier 34000,Strasbourg 67000,Bordeaux 33000,Lille 59000,Rennes 35000,Reims 51100,Toulon 83000,Saint-Étienne 42000,Le Havre 76600,Grenoble 38000,Dijon 21000,Angers 49000,Villeurbanne 69100,Nîmes 30000,Aix-en-Provence 13090,Clermont-Ferrand 63000,Le Mans 72000,Brest 29200,Tours 37000,Amiens 80000,Annecy 74000,Limoges 87000,Metz 57000,Boulogne-Billancourt 92100,Perpignan 66000,Besançon 25000,Orléans 45000,Rouen 76000,Saint-Denis 93200,Montreuil 93100,Caen 14000,Nancy 54000,Argenteuil 95100,Saint-Paul 97460,Fort-de-France 97200,Ajaccio 20000";
const DIVIDED = [
  ["Paris", "75", 20],
  ["Marseille", "13", 16],
  ["Lyon", "69", 9],
] as const;
const FIRST =
  "Saint-Martin Saint-Pierre Sainte-Foy Villeneuve Beaumont Châteauneuf Montigny Neuville Fontaine Saint-Léger Bourg La-Chapelle Le-Mesnil Roquefort Aubigny Champagné Beaulieu Épinay L'Isle Courcelles".split(
    " ",
  );
const SECOND =
  "sur-Loire les-Bains en-Forêt la-Garenne sous-Bois d'Olonne le-Château près-Bois lès-Mello en-Vexin du-Gard aux-Mines".split(
    " ",
  );
/** Corsica's postal codes do not begin as its departments do. */
const ISLAND_PREFIXES = new Map([
  ["2A", "200"],
  ["2B", "202"],
]);
const SMALL_PER_DEPARTEMENT = 70;

const REGIONS = new Map(DEPARTEMENTS.map(([code, , region]) => [code, region]));

/** Made up but for the largest: the name and the code fit the department. The largest come first. */
export const COMMUNES: readonly Commune[] = [...arrondissements(), ...largeTowns(), ...smallTowns()];

function commune(name: string, codePostal: string, departement: string): Commune {
  return { name, codePostal, departement, region: REGIONS.get(departement) ?? null };
}

function arrondissements(): Commune[] {
  return DIVIDED.flatMap(([name, departement, count]) =>
    Array.from({ length: count }, (_, index) =>
      commune(`${name} ${index + 1}`, `${departement}0${String(index + 1).padStart(2, "0")}`, departement),
    ),
  );
}

function largeTowns(): Commune[] {
  return LARGE.split(",").map((line) => {
    const codePostal = line.slice(-5);
    return commune(line.slice(0, -6), codePostal, departementOfPostalCode(codePostal) ?? "");
  });
}

function smallTowns(): Commune[] {
  const random = new Random("communes");
  const one = (departement: string): Commune => {
    const name = `${FIRST[random.int(0, FIRST.length - 1)]}-${SECOND[random.int(0, SECOND.length - 1)]}`;
    const prefix = ISLAND_PREFIXES.get(departement) ?? departement;
    const digits = 4 - prefix.length;
    const middle = String(random.int(1, 10 ** digits - 1)).padStart(digits, "0");
    return commune(name, `${prefix}${middle}0`, departement);
  };
  const towns = DEPARTEMENTS.flatMap(([code]) =>
    Array.from({ length: SMALL_PER_DEPARTEMENT }, () => one(code)),
  );
  // By chance, so that no department's towns are all large.
  return towns
    .map((town) => ({ town, key: random.next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ town }) => town);
}

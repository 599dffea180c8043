/** INSEE legal categories that companies of interest have; a code that is not here has no label of ours. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ["1000", "Entrepreneur individuel"],
  ["2110", "Indivision entre personnes physiques"],
  ["2310", "Société créée de fait entre personnes physiques"],
  ["2320", "Société créée de fait avec personne morale"],
  ["3110", "Représentation ou agence commerciale d'état étranger"],
  ["3120", "Société commerciale étrangère immatriculée au RCS"],
  ["3220", "Société étrangère non immatriculée au RCS"],
  ["4110", "Établissement public national industriel et commercial avec comptable public"],
  ["4120", "Établissement public national industriel et commercial sans comptable public"],
  ["4140", "Établissement public local industriel et commercial"],
  ["4150", "Régie locale industrielle et commerciale"],
  ["5202", "SNC"],
  ["5306", "Société en commandite simple"],
  ["5308", "Société en commandite par actions"],
  ["5410", "SARL nationale"],
  ["5415", "SARL d'économie mixte"],
  ["5422", "SARL immobilière pour le commerce et l'industrie"],
  ["5443", "SARL coopérative de construction"],
  ["5458", "SARL coopérative ouvrière de production (SCOP)"],
  ["5460", "Autre SARL coopérative"],
  ["5485", "SELARL"],
  ["5499", "SARL"],
  ["5510", "SA nationale à conseil d'administration"],
  ["5515", "SA d'économie mixte à conseil d'administration"],
  ["5558", "SA coopérative ouvrière de production (SCOP)"],
  ["5560", "Autre SA coopérative à conseil d'administration"],
  ["5585", "SELAFA"],
  ["5599", "SA à conseil d'administration"],
  ["5615", "SA d'économie mixte à directoire"],
  ["5660", "Autre SA coopérative à directoire"],
  ["5699", "SA à directoire"],
  ["5710", "SAS"],
  ["5785", "SELAS"],
  ["5800", "Société européenne"],
  ["6220", "GIE"],
  ["6316", "CUMA"],
  ["6317", "Société coopérative agricole"],
  ["6318", "Union de sociétés coopératives agricoles"],
  ["6521", "SCPI"],
  ["6533", "GAEC"],
  ["6534", "Groupement foncier agricole"],
  ["6540", "SCI"],
  ["6541", "SCI de construction-vente"],
  ["6542", "Société civile d'attribution"],
  ["6589", "Société civile de moyens"],
  ["6597", "SCEA"],
  ["6598", "EARL"],
  ["6599", "Autre société civile"],
  ["7210", "Commune"],
  ["7220", "Département"],
  ["7230", "Région"],
  ["7344", "Métropole"],
  ["7346", "Communauté de communes"],
  ["7348", "Communauté d'agglomération"],
  ["7361", "Centre communal d'action sociale"],
  ["7364", "Établissement d'hospitalisation"],
  ["8210", "Mutuelle"],
  ["9110", "Syndicat de copropriété"],
  ["9220", "Association déclarée"],
  ["9230", "Association déclarée reconnue d'utilité publique"],
  ["9260", "Association de droit local"],
  ["9300", "Fondation"],
]);

const SCI_CODES: ReadonlySet<string> = new Set(["6540", "6541", "6542"]);

export function formeJuridiqueLabel(code: string): string | null {
  return LABELS.get(code) ?? null;
}

/** A vehicle that holds or builds real estate: nothing to take over but walls. */
export function isSci(code: string): boolean {
  return SCI_CODES.has(code);
}

/** Public commercial bodies (4xxx) and administrations (7xxx): not for sale. */
export function isPublicBody(code: string): boolean {
  return code.startsWith("4") || code.startsWith("7");
}

/** A person trading in his own name: no shares to sell, only a business. */
export function isIndividual(code: string): boolean {
  return code.startsWith("1");
}

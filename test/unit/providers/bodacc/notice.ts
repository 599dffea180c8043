/** A notice as the API lists it, with some keys changed. */
export function notice(changes: Record<string, unknown>): Record<string, unknown> {
  return {
    id: "A202501212345",
    publicationavis: "A",
    parution: "20250121",
    dateparution: "2025-06-25",
    numeroannonce: 2345,
    typeavis: "annonce",
    familleavis: "divers",
    registre: ["912 345 675", "912345675"],
    listepersonnes: null,
    listeetablissements: null,
    jugement: null,
    acte: null,
    modificationsgenerales: null,
    depot: null,
    parutionavisprecedent: null,
    ...changes,
  };
}

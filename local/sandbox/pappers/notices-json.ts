import { judgmentWords } from "../bodacc/judgment-words.ts";
import { SECRECY_NOTE } from "../bodacc/notice-row.ts";
import type { Notice, NoticeFamily, Procedure, SandboxCompany } from "../world/company.ts";

const TYPES: Record<NoticeFamily, string> = {
  creation: "Création",
  immatriculation: "Immatriculation",
  modification: "Modification",
  vente: "Vente",
  radiation: "Radiation",
  collective: "Procédure collective",
  conciliation: "Procédure collective",
  dpc: "Dépôt des comptes",
  divers: "Modification",
};

const PROCEDURES: Record<Procedure["kind"], string> = {
  redressement_judiciaire: "Redressement judiciaire",
  liquidation_judiciaire: "Liquidation judiciaire",
  sauvegarde: "Procédure de sauvegarde",
};

function detailJson({ detail }: Notice): object {
  switch (detail.kind) {
    case "deposit":
      return {
        date_cloture: detail.closedOn,
        type_depot: "Comptes annuels et rapports",
        descriptif: detail.confidential ? SECRECY_NOTE : null,
      };
    case "judgment": {
      const { famille, nature, complementJugement } = judgmentWords(detail);
      return { famille, nature, complement_jugement: complementJugement };
    }
    case "sale":
      return { denomination_nouveau_proprietaire: detail.buyer, siren_nouveau_proprietaire: null };
    case "change":
    case "text":
      return { description: detail.text, capital: null, activite: null, administration: null };
    case "registration":
    case "strike_off":
      return {};
    default:
      return detail satisfies never;
  }
}

function noticeJson({ name, address, partialDiffusion }: SandboxCompany, notice: Notice) {
  return {
    numero_parution: notice.issue,
    date: notice.date,
    numero_annonce: String(notice.number),
    bodacc: notice.bulletin,
    type: TYPES[notice.family],
    greffe: address.town.registry,
    nom_entreprise: partialDiffusion ? null : name,
    adresse: null,
    ...detailJson(notice),
  };
}

/** Pappers does not publish the cancelled notices, nor those that cancel. */
function standing(notices: readonly Notice[]): Notice[] {
  const cancelled = new Set(
    notices
      .filter(({ type }) => type === "annulation")
      .map(({ previous }) => `${previous?.issue}/${previous?.number}`),
  );
  return notices.filter(
    ({ type, issue, number }) => type !== "annulation" && !cancelled.has(`${issue}/${number}`),
  );
}

export function noticesJson(company: SandboxCompany) {
  return standing(company.noticesAtPappers).map((notice) => noticeJson(company, notice));
}

export function proceduresJson(company: SandboxCompany) {
  const { procedure } = company;
  const judgments = standing(company.noticesAtPappers).filter(({ family }) => family === "collective");
  return {
    procedures_collectives:
      procedure === null
        ? []
        : [
            {
              type: PROCEDURES[procedure.kind],
              date_debut: procedure.openedOn,
              date_fin: procedure.closedOn,
              publications_bodacc: judgments.map((notice) => noticeJson(company, notice)),
            },
          ],
    procedure_collective_existe: procedure !== null,
    procedure_collective_en_cours: procedure !== null && procedure.closedOn === null,
  };
}

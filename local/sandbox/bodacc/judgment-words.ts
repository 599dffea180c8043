import type { NoticeDetail, ProcedureKind } from "../world/company.ts";

type Judgment = Extract<NoticeDetail, { kind: "judgment" }>;

const OPENED: Record<ProcedureKind, string> = {
  sauvegarde: "procédure de sauvegarde",
  redressement_judiciaire: "procédure de redressement judiciaire",
  liquidation_judiciaire: "procédure de liquidation judiciaire",
};

const CLOSED: Record<ProcedureKind, { famille: string; nature: string; complementJugement: string }> = {
  sauvegarde: {
    famille: "Jugement arrêtant un plan",
    nature: "Jugement arrêtant le plan de sauvegarde",
    complementJugement: "Jugement arrêtant le plan de sauvegarde, durée du plan 10 ans.",
  },
  redressement_judiciaire: {
    famille: "Jugement arrêtant un plan",
    nature: "Jugement arrêtant le plan de redressement",
    complementJugement: "Jugement arrêtant le plan de redressement, durée du plan 10 ans.",
  },
  liquidation_judiciaire: {
    famille: "Jugement de clôture",
    nature: "Jugement de clôture pour insuffisance d'actif",
    complementJugement: "Jugement prononçant la clôture de la procédure pour insuffisance d'actif.",
  },
};

export function judgmentWords({ stage, procedure }: Judgment) {
  if (stage === "closing") return CLOSED[procedure];
  return {
    famille: "Jugement d'ouverture",
    nature: `Jugement d'ouverture d'une ${OPENED[procedure]}`,
    complementJugement: `Jugement prononçant l'ouverture d'une ${OPENED[procedure]}.`,
  };
}

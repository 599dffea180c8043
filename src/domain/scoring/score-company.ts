import type { CompanyFacts } from "../companies/company.ts";
import type { Assessment, FactSources, Subject } from "./assessment.ts";
import { distributePoints, type Judgement } from "./distribute-points.ts";
import { ineligibleReason } from "./ineligible-reason.ts";
import { judgeAttractivite } from "./judge-attractivite.ts";
import { judgeEvenements } from "./judge-evenements.ts";
import { judgeSecteur } from "./judge-secteur.ts";
import { judgeSuccession } from "./judge-succession.ts";
import { judgeTaille } from "./judge-taille.ts";
import { MODEL_REGLES_2026_11 } from "./model-regles-2026-11.ts";
import type { RuleModel } from "./rule-model.ts";
import type { Contribution, Score } from "./score.ts";
import type { SectorReference } from "./sector-reference.ts";
import { sentence } from "./wording.ts";

export interface ScoreInput {
  facts: CompanyFacts;
  /** Ignored when it is not of the company's own division. */
  sector: SectorReference | null;
  /** RFC 3339 instant: what is dated after it is not seen. */
  at: string;
  facts_sources?: FactSources;
  model?: RuleModel;
}

const BLOCKS = [judgeTaille, judgeSuccession, judgeAttractivite, judgeEvenements, judgeSecteur];

function subjectOf({ facts, sector, at, facts_sources, model }: ScoreInput): Subject {
  const own = sector !== null && (facts.code_naf ?? "").startsWith(sector.division);
  return {
    facts,
    sector: own ? sector : null,
    at: Date.parse(at),
    model: model ?? MODEL_REGLES_2026_11,
    sources: facts_sources ?? (() => null),
  };
}

function judgementOf({ items }: Assessment): Judgement {
  return {
    points: items.reduce((sum, item) => sum + item.points, 0),
    known: items.reduce((sum, item) => sum + item.known, 0),
  };
}

function contributionOf(assessment: Assessment, share: { points: number; max: number }): Contribution {
  const { code, title, items, value, source, as_of } = assessment;
  const clauses = items.map(({ wording }) => wording).filter(({ fr }) => fr !== "");
  const { fr, en } = sentence(title, clauses);
  return { code, ...share, value, source, as_of, texte: fr, text: en };
}

/** A share of the model's 100 points, to three decimals. */
function shareOf(points: number): number {
  return Math.min(1, Math.round(points * 10) / 1000);
}

function scoreSubject(
  subject: Subject,
): Pick<Score, "ma_score" | "confidence" | "coverage" | "contributions"> {
  const assessments = BLOCKS.map((judge) => judge(subject));
  const distribution = distributePoints(assessments.map(judgementOf));
  const items = assessments.flatMap((assessment) => assessment.items);
  return {
    ma_score: distribution?.score ?? null,
    coverage: shareOf(items.reduce((sum, { known }) => sum + known, 0)),
    confidence: shareOf(items.reduce((sum, { known, trust }) => sum + known * trust, 0)),
    contributions: assessments.map((assessment, index) =>
      contributionOf(assessment, distribution?.shares[index] ?? { points: 0, max: 0 }),
    ),
  };
}

/**
 * Ranks a company for a third-party sale within 24 months, by rules. Pure: the same input and model give the
 * same answer. `ma_score` is null when the company is not eligible or nothing at all is known of it.
 * @throws RangeError when `at` is not an instant
 */
export function scoreCompany(input: ScoreInput): Score {
  const subject = subjectOf(input);
  const frame = { model: subject.model.id, computed_at: new Date(subject.at).toISOString() };
  const reason = ineligibleReason(input.facts, subject.at);
  if (reason !== null) {
    const nothing = { ma_score: null, confidence: 0, coverage: 0, contributions: [] };
    return { ...nothing, eligible: false, ineligible_reason: reason, ...frame };
  }
  return { ...scoreSubject(subject), eligible: true, ineligible_reason: null, ...frame };
}

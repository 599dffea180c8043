import { answerSynthetic } from "../domain/enrichment/synthetic/answer-synthetic.ts";
import type { SourceName } from "../domain/enrichment/source.ts";

const sleep = async (ms: number): Promise<void> => scheduler.wait(ms);

/** What a test key is answered when it enriches. */
export const enrichSynthetic = async (input: { siren: string; sources: SourceName[]; provenance: boolean }) =>
  answerSynthetic({ sleep }, { ...input, asked: input.sources });

/** What a test key is answered when it reads. */
export const readSynthetic = async (input: { siren: string; provenance: boolean }) =>
  answerSynthetic({ sleep }, { ...input, asked: [] });

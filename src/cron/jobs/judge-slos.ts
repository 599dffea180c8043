import { floorTo, SPAN_MS } from "../../observability/slo-points.ts";
import { isBreached } from "../../observability/slo-report.ts";
import { SLOS } from "../../observability/slos.ts";
import type { Services } from "../../services.ts";

/** After a longer silence of the crons the spans before it stay unjudged. */
const MOST_SPANS = 12;

/** Tells of each 5 minutes that are over in which objectives they did not meet: each span once, whoever runs it how often. */
export async function judgeSlos({ runtime, log, now }: Services): Promise<void> {
  const { slos } = runtime;
  const finished = floorTo(SPAN_MS, now()) - SPAN_MS;
  const judgedAt = (await slos.judgedAt()) ?? finished - SPAN_MS;
  const first = Math.max(judgedAt + SPAN_MS, finished - (MOST_SPANS - 1) * SPAN_MS);
  for (let at = first; at <= finished; at += SPAN_MS) {
    const tallies = await slos.span(at);
    const breached = SLOS.flatMap((slo) => {
      const tally = tallies[slo.id];
      return tally !== undefined && isBreached(slo, tally) ? [{ slo: slo.id, ...tally }] : [];
    });
    const isNew = await slos.judge(
      at,
      breached.map(({ slo }) => slo),
    );
    if (isNew) for (const one of breached) log.event("slo_breached", one);
  }
}

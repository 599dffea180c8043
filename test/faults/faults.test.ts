import { beforeAll, expect, inject, test } from "vitest";
import { database } from "../support/world.ts";
import { checkRun, watchEndedRows } from "./check-run.ts";
import { drawPlan } from "./plan.ts";
import { ScheduleRun, storeKnownCompanies } from "./schedule-run.ts";

const { seed, first, schedules } = inject("faults");

beforeAll(async () => {
  await watchEndedRows(database());
  await storeKnownCompanies();
});

test.each(Array.from({ length: schedules }, (_, index) => first + index))(
  `seed ${seed}, schedule %i: every row ends once, and all that follows from it happens once`,
  async (schedule) => {
    const plan = drawPlan(seed, schedule);
    const run = await ScheduleRun.begin(plan, `${seed}-${schedule}`);
    try {
      await run.complete();
      expect(run.violations).toEqual([]);
      await checkRun(run);
    } catch (error) {
      await run.abandon();
      const replay = `FAULT_SEED=${seed} FAULT_FIRST=${schedule} FAULT_SCHEDULES=1 npm run test:faults`;
      const story = [error instanceof Error ? error.message : String(error), `replay: ${replay}`];
      const planned = JSON.stringify({
        ...plan,
        tasks: plan.tasks.map((task) => ({ ...task, csv: undefined })),
      });
      throw new Error([...story, planned, ...run.trace].join("\n"), { cause: error });
    }
  },
);

import { expect, test } from "vitest";
import { Slots } from "../../../src/lib/slots.ts";

test("never more than its width at once, in the order they came, also after one fails", async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  let under = 0;
  let most = 0;
  const work = (index: number) => async (): Promise<number> => {
    begun.push(index);
    most = Math.max(most, ++under);
    await Promise.resolve();
    under -= 1;
    if (index === 1) throw new Error("failed");
    return index;
  };
  const done = await Promise.allSettled([0, 1, 2, 3, 4].map(async (index) => slots.run(work(index))));
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(done.map((one) => (one.status === "fulfilled" ? one.value : "failed"))).toEqual([
    0,
    "failed",
    2,
    3,
    4,
  ]);
});

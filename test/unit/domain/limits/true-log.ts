/** The most admissions that any window of this length holds, its ends included: from the definition. */
export function mostInAnyWindow(admissions: readonly number[], windowMs: number): number {
  const sorted = admissions.toSorted((one, other) => one - other);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) < at - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

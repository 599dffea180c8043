/** Where a warning begins. Change one, then `npm run rules`. */
export const THRESHOLDS = {
  /** Of all answers over five minutes. */
  errorRatio: 0.05,
  /** Fewer requests in the window tell nothing. */
  leastRequests: 20,
  cacheHitRatio: 0.7,
  leastCacheReads: 100,
  llmDollarsADay: 10,
  /** Of one provider. Set it to what your contracts make usual. */
  providerEurosADay: 50,
  newDeadLettersAnHour: 20,
  uncountedRequests: 10,
  queueAgeSeconds: 900,
  auditRecordsWaiting: 500,
  auditFailures: 3,
  webhooksGivenUpAnHour: 5,
  slowQueries: 20,
  keyGraceDays: 3,
} as const;

/** `job` of the scrape configuration. */
export const SCRAPE_JOB = "ma-intelligence-api";

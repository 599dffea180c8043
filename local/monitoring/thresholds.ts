/** Where a warning begins. Change one, then `npm run rules`. */
export const THRESHOLDS = {
  /** Of all answers over five minutes. */
  errorRatio: 0.05,
  /** Fewer requests in the window tell nothing. */
  leastRequests: 20,
  /** Fewer 5xx in the window are chance. */
  leastErrors: 5,
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
  /** Of the deliveries that ended within the hour, one way or the other. */
  webhooksGivenUpShare: 0.05,
  slowQueries: 20,
  /** Of all round trips in the window. */
  slowQueryShare: 0.02,
  queuePausedSeconds: 1_800,
  /** A batch may take a second a row, and have 100,000 rows. */
  oldestBatchSeconds: 108_000,
  oldestJobSeconds: 3_600,
  /** Of those that ended within six hours, and at least so many. */
  failedJobShare: 0.05,
  failedJobs: 3,
  /** Deliveries in the queue are due as well: a few always are. */
  deliveriesOverdue: 10,
  keyGraceDays: 3,
} as const;

/** `job` of the scrape configuration. */
export const SCRAPE_JOB = "ma-intelligence-api";

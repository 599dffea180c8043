import type { Plan } from "../accounts/principal.ts";
import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { Change } from "./change.ts";

/** Live mode only: synthetic companies never change. */
interface WatchKey {
  organisationId: string;
  siren: string;
}

/** A state of a company. `hash` null: not stored; `at` null: its snapshot is not kept any more. */
interface CompanyState {
  /** Of the snapshot; RFC 3339. */
  at: string | null;
  hash: string | null;
  score: number | null;
}

/** A watched company that is not what was seen of it. */
export interface MovedCompany extends WatchKey {
  seen: CompanyState;
  present: Omit<CompanyState, "at">;
}

/** What there is to compare. Facts are as stored; null: not kept any more, or the same in both. */
export interface Comparison {
  before: unknown;
  after: unknown;
  /** Of the snapshot of `after`. */
  at: string | null;
  /** That watch the company. */
  lists: string[];
}

/** From one state to the next; null: nothing worth telling. */
export interface Move extends WatchKey {
  from: CompanyState;
  to: CompanyState;
  told: { change: Change; event: WebhookEvent } | null;
}

/** Where a page ended, for the same method to go on from. */
export type WatchPlace = [string, string];

export interface WatchPage {
  after: WatchPlace | null;
  size: number;
}

/** `next` null: that was the last page. */
export interface WatchStep<Found> {
  found: Found;
  next: WatchPlace | null;
}

/** Live mode only: whose companies a night refreshes. */
export interface Watcher {
  organisationId: string;
  plan: Plan;
}

/** Which watched companies are due. Moments are RFC 3339. */
export interface Staleness {
  /** Scraped before, or never. */
  since: string;
  /** Those that are not stored: not tried since. */
  unknownSince: string;
  atMost: number;
}

/** Pages bound what one statement reads, however many companies are watched. Throws `StorageUnavailable`. */
export interface WatchStore {
  /** Watches those of a page of the watched lists that are not yet, as they are stored now; how many. */
  enrol(page: WatchPage, at: string): Promise<WatchStep<number>>;
  /** Forgets those of a page of watched companies that no watched list has any more; how many. */
  release(page: WatchPage): Promise<WatchStep<number>>;
  moved(page: WatchPage): Promise<WatchStep<MovedCompany[]>>;
  /** In the order of `moved`. */
  compare(moved: MovedCompany[]): Promise<Comparison[]>;
  /** All or nothing; each takes effect once, and only from the state that it begins at. The ids of events written. */
  record(moves: Move[]): Promise<string[]>;
  /** Organisations with lists that are watched; the one whose turn was longest ago first. */
  watchers(): Promise<Watcher[]>;
  /** It is the turn of an organisation, whatever comes of it. */
  beginTurn(organisationId: string, at: string): Promise<void>;
  /** Its watched companies that are due: how many, and some; those that were not asked about for longest first. */
  stale(organisationId: string, due: Staleness): Promise<{ all: number; sirens: string[] }>;
  /** The sources will be asked about these of its watched companies. */
  markTried(organisationId: string, sirens: string[], at: string): Promise<void>;
}

import type { Claim, Failure } from "./key-record.ts";

/** Who asks for which key. */
export interface Holder {
  /** Of the key, and of whom it belongs to. */
  name: string;
  leaseId: string;
}

/** One exact record per key. Each call may be made again; each throws `KeeperUnreachable`. */
export interface KeyKeeper {
  claim(holder: Holder): Promise<Claim>;
  /** While the request is under way. */
  renew(holder: Holder): Promise<void>;
  /** False: the lease ran out and somebody else has the key. */
  complete(holder: Holder, answer: string): Promise<boolean>;
  release(holder: Holder, failure: Failure): Promise<void>;
}

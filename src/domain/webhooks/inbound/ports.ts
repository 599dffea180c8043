import type { HookChannel } from "../hook-channel.ts";
import type { Notification } from "./notification.ts";

export type InboundStatus = "received" | "processed" | "failed";

export interface NewInboundEvent extends Notification {
  id: string;
  channel: HookChannel;
  /** The sender's own id of the event, or a digest of its body: a repetition is the same event. */
  dedupeKey: string;
  /** RFC 3339. */
  receivedAt: string;
}

export interface InboundEvent {
  id: string;
  status: InboundStatus;
  sirens: string[];
  receivedAt: string;
}

/** What others told us, until it is processed. Throws `StorageUnavailable`. */
export interface InboundStore {
  /** A repetition changes nothing: `isNew` is false, and id and status are those of the first. */
  receive(event: NewInboundEvent): Promise<{ id: string; status: InboundStatus; isNew: boolean }>;
  load(id: string): Promise<InboundEvent | null>;
  /** Once: what is processed stays so. */
  markProcessed(id: string, at: string): Promise<void>;
  /** Given up; what is processed stays so. `error`: a name, no message. */
  markFailed(id: string, error: string): Promise<void>;
  /** Of those given, the companies that are stored. */
  storedAmong(sirens: string[]): Promise<string[]>;
}

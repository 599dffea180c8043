/** What is left to do, by the system of record; moments are RFC 3339. */
export interface OpenWork {
  tasks: { queued: number; running: number; oldestAt: string | null; openRows: number };
  exports: { queued: number; running: number; oldestAt: string | null };
  /** `overdue`: due, and not attempted yet. */
  deliveries: { pending: number; overdue: number };
  inbound: { received: number; failed: number; oldestAt: string | null };
  /** Open dead letters; of a null queue are those that can't be read. */
  letters: { queue: string | null; reason: string; open: number }[];
}

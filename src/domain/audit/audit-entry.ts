import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { hex } from "../../lib/hex.ts";
import type { WrittenRecord } from "./audit-record.ts";

/** What the first entry of a chain follows. */
export const GENESIS_HASH = "0".repeat(64);

const ENTRY_VERSION = 1;

/**
 * One link of a chain, in the form in which it is stored and exported. Members are wider than those of a record:
 * an entry is shown, and checked, even when somebody wrote nonsense into its row.
 */
export interface AuditEntry {
  organisation_id: string;
  /** From 1, without a gap. */
  seq: number;
  /** RFC 3339, milliseconds, UTC. */
  at: string;
  id: string;
  actor: { kind: string; id: string | null };
  action: string;
  resource: { kind: string | null; id: string | null } | null;
  outcome: string;
  request_id: string | null;
  details: unknown;
  /** Erased together: null while a commitment is not. */
  address: string | null;
  user_agent: string | null;
  /** 16 random bytes, lower-case hex; null when there is nothing to commit to. */
  salt: string | null;
  /** SHA-256 of the salt's bytes and the UTF-8 value. */
  address_commitment: string | null;
  user_agent_commitment: string | null;
  previous_hash: string;
  hash: string;
}

/** SHA-256, lower-case hex, of the canonical JSON of all that can never change. */
export async function entryHash(entry: AuditEntry): Promise<string> {
  const { address: _address, user_agent: _userAgent, salt: _salt, hash: _hash, ...fixed } = entry;
  return sha256Hex(canonicalJson({ v: ENTRY_VERSION, ...fixed }));
}

const SALT = /^[0-9a-f]{32}$/;

/** Only one spelling of a salt is a salt: a changed letter case must show. */
export function isSalt(text: string): boolean {
  return SALT.test(text);
}

export async function commitmentOf(salt: string, value: string): Promise<string> {
  const bytes = salt.match(/../g) ?? [];
  const prefix = bytes.map((pair) => Number.parseInt(pair, 16));
  const text = new TextEncoder().encode(value);
  return hex(await crypto.subtle.digest("SHA-256", new Uint8Array([...prefix, ...text])));
}

export interface LinkPlace {
  organisationId: string;
  seq: number;
  previousHash: string;
  /** 16 random bytes, lower-case hex. */
  salt: string;
}

/** The entry of a record at its place in the chain. */
export async function sealRecord(record: WrittenRecord, place: LinkPlace): Promise<AuditEntry> {
  const { address, userAgent } = record;
  const committed = address !== null || userAgent !== null;
  const entry = {
    organisation_id: place.organisationId,
    seq: place.seq,
    at: record.at,
    id: record.id,
    actor: record.actor,
    action: record.action,
    resource: record.resource,
    outcome: record.outcome,
    request_id: record.requestId,
    details: record.details,
    address,
    user_agent: userAgent,
    salt: committed ? place.salt : null,
    address_commitment: address === null ? null : await commitmentOf(place.salt, address),
    user_agent_commitment: userAgent === null ? null : await commitmentOf(place.salt, userAgent),
    previous_hash: place.previousHash,
    hash: "",
  };
  return { ...entry, hash: await entryHash(entry) };
}

/** The address and the user agent were taken out, with the salt that would let one guess them. */
export function isErased(entry: AuditEntry): boolean {
  const committed = entry.address_commitment !== null || entry.user_agent_commitment !== null;
  return committed && entry.address === null && entry.user_agent === null && entry.salt === null;
}

import net from "node:net";
import { DatabaseError, Pool, type PoolClient } from "pg";

const MAX_CONNECTIONS_PER_DATABASE = 20;
const IDLE_CONNECTION_MS = 10_000;

/** Where the real Postgres listens: loopback only. */
export interface PostgresTarget {
  host: string;
  port: number;
}

/** One pool per database and role; a connection that nobody used for a while is closed. */
export class NeonPools {
  readonly #pools = new Map<string, Pool>();
  /** Ours, so that closing need not wait for a query that runs. */
  readonly #sockets = new Set<net.Socket>();
  readonly #target: PostgresTarget;

  constructor(target: PostgresTarget) {
    this.#target = target;
  }

  /** Runs `work` on a connection; one that failed outside of Postgres's own words is not used again. */
  async use<T>(connectionString: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#poolFor(connectionString).connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(!(error instanceof DatabaseError));
      throw error;
    }
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.allSettled(pools.map((pool) => pool.end()));
  }

  #poolFor(connectionString: string): Pool {
    const url = this.#localUrl(connectionString);
    const existing = this.#pools.get(url);
    if (existing !== undefined) return existing;
    const pool = new Pool({
      connectionString: url,
      max: MAX_CONNECTIONS_PER_DATABASE,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      stream: () => this.#openSocket(),
    });
    // A connection that Postgres ends (DROP DATABASE … WITH (FORCE)) leaves the pool by itself, and whoever
    // used it is told by the query: unheard, its event would end this process.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    this.#pools.set(url, pool);
    return pool;
  }

  #openSocket(): net.Socket {
    const socket = new net.Socket();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  /** The client's own string with our address; of its parameters only those that Postgres itself reads. */
  #localUrl(connectionString: string): string {
    const theirs = new URL(connectionString);
    const local = new URL(theirs);
    local.hostname = this.#target.host;
    local.port = String(this.#target.port);
    local.search = "";
    for (const name of ["options", "application_name"]) {
      const value = theirs.searchParams.get(name);
      if (value !== null) local.searchParams.set(name, value);
    }
    local.searchParams.set("sslmode", "disable");
    return local.toString();
  }
}

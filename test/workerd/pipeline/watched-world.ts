import { env } from "cloudflare:workers";
import { systemAct } from "../../../src/cron/system-act.ts";
import type { CompanyFacts } from "../../../src/domain/companies/company.ts";
import type { SourceState } from "../../../src/domain/enrichment/source-state.ts";
import type { DeliveryMessage } from "../../../src/domain/webhooks/ports.ts";
import { watchCompanies, type WatchDeps } from "../../../src/domain/pipeline/watch-companies.ts";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";
import { sha256Hex } from "../../../src/lib/digest.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices, type Services } from "../../../src/services.ts";
import { CompanyRepository } from "../../../src/storage/postgres/company-repository.ts";
import { buildFacts } from "../../support/build-facts.ts";
import { scoreAt } from "../../support/enrichment-world.ts";
import { mintWorld, type World } from "../../support/world.ts";

interface WatchedChangeJson {
  change_id: string;
  siren: string;
  nom_entreprise: string | null;
  at: string;
  kind: string;
  score_before: number | null;
  score_after: number | null;
  score_delta: number | null;
  changes: { field: string }[];
}

/** As a refresh at `at` (ms) would have stored it. */
export async function store(
  world: World,
  facts: CompanyFacts,
  { at = Date.now(), score, states = [] }: { at?: number; score?: number; states?: SourceState[] } = {},
): Promise<void> {
  const moment = new Date(at).toISOString();
  const judged = scoreAt(facts, at);
  const change = {
    siren: facts.siren,
    at: moment,
    states,
    facts,
    factsHash: await sha256Hex(canonicalJson(facts)),
    score: score === undefined ? judged : { ...judged, ma_score: score },
  };
  await new CompanyRepository(world.database).save(change, []);
}

/** A list with these companies. */
export async function makeList(
  { organisationId, database }: World,
  sirens: string[],
  { watched = true, mode = "live" } = {},
): Promise<string> {
  const id = newId("lst", Date.now(), randomBytes);
  await database.transaction([
    database.query(
      `insert into lists (id, organisation_id, mode, name, watched, created_by_kind, created_at, updated_at)
       values ($1, $2, $3, $1, $4, 'key', now(), now())`,
      [id, organisationId, mode, watched],
    ),
    database.query(
      "insert into list_companies (list_id, siren, added_at) select $1, siren, now() from unnest($2::text[]) siren",
      [id, sirens],
    ),
  ]);
  return id;
}

export class WatchedWorld {
  readonly world: World;
  readonly services: Services = buildServices(env);
  /** Events that were announced. */
  readonly sent: DeliveryMessage[] = [];
  readonly deps: WatchDeps;

  constructor(world: World) {
    this.world = world;
    this.deps = {
      watch: this.services.pipeline.watch,
      queue: {
        send: async (messages) => {
          this.sent.push(...messages);
        },
      },
      log: this.services.log,
      act: systemAct(Date.now()),
    };
  }

  facts(overrides: Partial<CompanyFacts> = {}): CompanyFacts {
    return buildFacts({ siren: this.world.siren(), ...overrides });
  }

  /** As the schedule does. */
  async watch(deps: Partial<WatchDeps> = {}): Promise<void> {
    await watchCompanies({ ...this.deps, act: systemAct(Date.now()), ...deps });
  }

  /** A company that this organisation watches as it is. */
  async watched(overrides: Partial<CompanyFacts> = {}): Promise<{ facts: CompanyFacts; list: string }> {
    const facts = this.facts(overrides);
    await store(this.world, facts, { at: Date.now() - 60_000 });
    const list = await makeList(this.world, [facts.siren]);
    await this.watch();
    return { facts, list };
  }

  async changes(query = ""): Promise<WatchedChangeJson[]> {
    const response = await this.world.request(`/api/v2/changes${query}`);
    const body: { data: WatchedChangeJson[] } = await response.json();
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return body.data;
  }

  /** What listening endpoints were told, or will be. */
  async deliveries(): Promise<{ id: string; body: string }[]> {
    const rows = await this.world.database.query(
      `select e.id, e.body from webhook_events e join webhook_deliveries d on d.event_id = e.id
       where e.organisation_id = $1 and e.type = 'company.changed' order by e.id`,
      [this.world.organisationId],
    );
    return rows.map((row) => ({ id: row["id"], body: row["body"] }));
  }
}

export async function mintWatching(): Promise<WatchedWorld> {
  return new WatchedWorld(await mintWorld());
}

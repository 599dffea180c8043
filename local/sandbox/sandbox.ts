import { Hono } from "hono";
import { airtableControl } from "./airtable/airtable-control.ts";
import { airtableSite } from "./airtable/airtable-site.ts";
import { bodaccSite } from "./bodacc/bodacc-site.ts";
import { controlRoutes } from "./control/control-routes.ts";
import { type SandboxOptions, SandboxState } from "./control/sandbox-state.ts";
import { EXAMPLE_SIRENS } from "./example-sirens.ts";
import { inseeSite } from "./insee/insee-site.ts";
import { kasprSite } from "./kaspr/kaspr-site.ts";
import { pappersSite } from "./pappers/pappers-site.ts";
import { providerGate } from "./provider-gate.ts";
import { ratiosSite } from "./ratios/ratios-site.ts";
import { rechercheSite } from "./recherche/recherche-site.ts";

/** Every provider the product calls, and Airtable, under one prefix each, with made-up companies and a control API. */
export function createSandbox(options: SandboxOptions = {}): Hono {
  const state = new SandboxState(options);
  const sites = [
    rechercheSite(state),
    inseeSite(state),
    bodaccSite(state),
    ratiosSite(state),
    pappersSite(state),
    kasprSite(state),
  ];
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.res.headers.set("X-Sandbox", "synthetic");
  });
  app.route("/__control", controlRoutes(state));
  app.route("/__control/airtable", airtableControl(state));
  app.route("/airtable", airtableSite(state));
  for (const site of sites) {
    app.use(`${site.prefix}/*`, providerGate(state, site));
    app.route(site.prefix, site.routes);
  }
  const prefixes = [...sites.map(({ prefix }) => prefix), "/airtable"];
  app.get("/", (context) => context.json({ prefixes, examples: EXAMPLE_SIRENS }));
  app.notFound((context) => context.json({ message: "Unknown path", prefixes }, 404));
  return app;
}

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxState } from "../control/sandbox-state.ts";
import type { ProviderSite } from "../provider-site.ts";
import { findContact, sirenOfSlug } from "./contact.ts";
import { obtainedFields, profileJson } from "./profile-json.ts";

const ProfileRequest = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  dataToGet: z.array(z.string()).default([]),
  requiredData: z.array(z.string()).default([]),
});

type ProfileRequest = z.infer<typeof ProfileRequest>;

const FIELDS = new Set(["workEmail", "personalEmail", "phone"]);

const MESSAGES: Record<number, string> = {
  400: "Bad request",
  401: "Unauthorized",
  402: "Not enough credits",
  404: "Profile not found",
  429: "Too many requests",
};

function failure(status: number, message = MESSAGES[status] ?? "Internal server error"): Response {
  return Response.json({ message }, { status });
}

function keyOf(context: Context): string {
  return /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
}

async function readRequest(context: Context): Promise<ProfileRequest | null> {
  try {
    const parsed = ProfileRequest.safeParse(JSON.parse(await context.req.text()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Client mistakes that this API answers with its own crash. */
function crashes({ id, dataToGet }: ProfileRequest): string | null {
  if (/[/:]/.test(id)) return "Internal server error";
  if (dataToGet.every((field) => FIELDS.has(field))) return null;
  return "TypeError: Cannot read properties of undefined (reading 'push')";
}

async function answerProfile(state: SandboxState, context: Context): Promise<Response> {
  const request = await readRequest(context);
  if (request === null) return failure(400);
  const crash = crashes(request);
  if (crash !== null) return failure(500, crash);
  const key = keyOf(context);
  const asked = new Set(request.dataToGet);
  const spent = asked.size > 0 && (request.id === "no-credits" || key === "no-credits");
  if (spent) return context.json({ message: "No credits left" }, 200, state.kasprCredits.headers(key));
  if (request.id === "no-phone" && asked.has("phone")) return failure(402);
  const contact = findContact(state.world, request.id, request.name);
  if (contact === null) return failure(404);
  const obtained = obtainedFields(contact, asked);
  if (!request.requiredData.every((field) => obtained.some((pool) => pool === field))) {
    return context.json({ message: "Required data not found" }, 200, state.kasprCredits.headers(key));
  }
  if (obtained.length > 0) state.kasprCredits.spend(key, [...obtained, "export"]);
  const profile = profileJson(contact, request.name, obtained);
  return context.json({ profile }, 200, state.kasprCredits.headers(key));
}

async function sirensIn(context: Context): Promise<string[]> {
  if (context.req.method !== "POST") return [];
  const siren = sirenOfSlug((await readRequest(context))?.id ?? "");
  return siren === null ? [] : [siren];
}

function remainingCredits(state: SandboxState, context: Context): Response {
  const key = keyOf(context);
  const pools = state.kasprCredits;
  return context.json({
    workEmailCredits: pools.remaining(key, "workEmail"),
    personalEmailCredits: pools.remaining(key, "personalEmail"),
    phoneCredits: pools.remaining(key, "phone"),
    exportCredits: pools.remaining(key, "export"),
  });
}

/** Kaspr v2. Any Bearer key is good but `bad-key`. */
export function kasprSite(state: SandboxState): ProviderSite {
  const routes = new Hono();
  routes.use(async (context, next) => {
    const key = keyOf(context);
    if (key === "" || key === "bad-key") return failure(401);
    if (context.req.header("accept-version") !== "v2.0") return failure(400, "Unsupported accept-version");
    return next();
  });
  routes.post("/profile/linkedin", (context) => answerProfile(state, context));
  routes.get("/keys/verifyKey", (context) =>
    context.json({ name: "Sandbox", email: "sandbox@kaspr.example" }),
  );
  routes.get("/keys/remainingCredits", (context) => remainingCredits(state, context));
  routes.get("/keys/rateLimits", (context) =>
    context.json({ dailyLimit: 500, hourlyLimit: 500, minutelyLimit: 60 }),
  );
  routes.all("*", () => failure(404, "Not found"));
  return { name: "kaspr", prefix: "/kaspr", routes, sirensIn, refusal: (status) => failure(status) };
}

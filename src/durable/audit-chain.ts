import { DurableObject } from "cloudflare:workers";

export class AuditChain extends DurableObject<Env> {}

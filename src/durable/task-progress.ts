import { DurableObject } from "cloudflare:workers";

/** The live view of one task, named `task:v1:<task>`. */
export class TaskProgress extends DurableObject<Env> {}

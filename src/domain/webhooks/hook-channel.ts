/** Who may tell us something: Pappers' surveillance lists, and anyone who signs as Standard Webhooks does. */
export const HOOK_CHANNELS = ["pappers", "generic"] as const;
export type HookChannel = (typeof HOOK_CHANNELS)[number];

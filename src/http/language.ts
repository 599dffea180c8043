import { accepts } from "hono/accepts";
import type { Context } from "hono";
import type { Language } from "./problem-catalog.ts";

/** What the client reads best: `en-GB` is English, and French is the default. */
export function languageOf(context: Context): Language {
  const language = accepts(context, {
    header: "Accept-Language",
    supports: ["fr", "en"],
    default: "fr",
    match: (accepted, config) => {
      const wished = accepted.filter(({ q }) => q > 0).sort((one, other) => other.q - one.q);
      const languages = wished.map(({ type }) => type.toLowerCase().split("-")[0] ?? "");
      return languages.find((one) => config.supports.includes(one)) ?? config.default;
    },
  });
  return language === "en" ? "en" : "fr";
}

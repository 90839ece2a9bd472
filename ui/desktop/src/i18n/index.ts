// The message catalogue: what a message is called, in which language, and how it is filled in. No Svelte here.
import { en } from "./en";
import { zhHans } from "./zh-hans";
import { zhHant } from "./zh-hant";

export type Key = keyof typeof en;
export type Catalogue = Record<Key, string>;
export type Locale = "en" | "zh-Hans" | "zh-Hant";
export type Params = Readonly<Record<string, string | number>>;

export const catalogues: Record<Locale, Catalogue> = { en, "zh-Hans": zhHans, "zh-Hant": zhHant };

/** The nearest of our languages to what the system prefers. */
export function localeFor(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (/^zh\b.*\b(hant|tw|hk|mo)\b/.test(lower)) return "zh-Hant";
    if (lower.startsWith("zh")) return "zh-Hans";
    if (lower.startsWith("en")) return "en";
  }
  return "en";
}

const grouped = new Intl.NumberFormat("en");

/** `{name}` is filled in, numbers with their thousands apart; `{n, one|interaction|interactions}` chooses a word by number. */
export function fill(message: string, params: Params): string {
  return message.replace(/\{(\w+)(?:, one\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (other === undefined) return typeof value === "number" ? grouped.format(value) : value;
    return Number(value) === 1 ? (one ?? other) : other;
  });
}

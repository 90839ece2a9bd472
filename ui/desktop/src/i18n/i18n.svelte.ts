// The language on the screen now; `t` in a component follows its changes.
import { catalogues, fill, type Key, type Locale, type Params } from ".";

let locale = $state<Locale>("en");

export function setLocale(next: Locale): void {
  locale = next;
}

export function currentLocale(): Locale {
  return locale;
}

/** For dates and names of languages: with the region that the system prefers, day before month when it names none. */
export function formatLocale(): string {
  if (locale !== "en") return locale;
  return navigator.languages.find((tag) => tag.startsWith("en-") && tag !== "en-US") ?? "en-GB";
}

export function t(key: Key, params: Params = {}): string {
  return fill(catalogues[locale][key], params);
}

/** A message that the model chose. */
export function say(words: { key: Key; params?: Params }): string {
  return t(words.key, words.params ?? {});
}

import { describe, expect, test } from "vitest";
import { catalogues, fill, localeFor, type Key } from ".";

const sources = import.meta.glob<string>(["../**/*.svelte", "../**/*.ts", "!../i18n/**", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });
const parts = import.meta.glob<Record<string, Record<string, string>>>(["./en/*.ts", "!./en/index.ts"], { eager: true });
const keys = Object.keys(catalogues.en) as Key[];
const holes = (message: string) => [...message.matchAll(/\{(\w+)/g)].map((match) => match[1]).filter((name, index, all) => all.indexOf(name) === index).sort();

describe("the catalogue", () => {
  test.each(["zh-Hans", "zh-Hant"] as const)("%s has every message, none empty, with the same blanks", (locale) => {
    const other = catalogues[locale];
    expect(Object.keys(other).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(other[key].trim(), key).not.toBe("");
      expect(holes(other[key]), key).toEqual(holes(catalogues.en[key]));
    }
  });

  test("Chinese sentences use Chinese punctuation", () => {
    for (const locale of ["zh-Hans", "zh-Hant"] as const) {
      for (const key of keys) expect(catalogues[locale][key], key).not.toMatch(/[一-鿿][,;:?]/);
    }
  });

  test("no message stands in two files, where one would hide the other", () => {
    const all = Object.values(parts).flatMap((part) => Object.values(part)).flatMap((messages) => Object.keys(messages));
    expect(all.sort()).toEqual([...keys].sort());
  });

  test("every message is used on the screen", () => {
    const text = Object.values(sources).join("\n");
    // `consult.${part}.${leg}` uses what has one word in each of its blanks.
    const families = [...text.matchAll(/`([a-z_]+\.(?:[a-z_.]|\$\{[^`}]*\})*)`/g)].map(([, template]) => {
      const words = (template ?? "").split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\."));
      return new RegExp(`^${words.join("[a-z_]+")}$`);
    });
    const unused = keys.filter((key) => !text.includes(`"${key}"`) && !families.some((family) => family.test(key)));
    expect(families).not.toEqual([]);
    expect(unused).toEqual([]);
  });
});

describe("filling in", () => {
  test.each([
    ["{n} {n, one|contact|contacts}", { n: 1 }, "1 contact"],
    ["{n} {n, one|contact|contacts}", { n: 4 }, "4 contacts"],
    ["{name} is calling {queue}.", { name: "Li", queue: "Support" }, "Li is calling Support."],
    ["{name}", {}, "{name}"],
  ])("%s", (message, params, expected) => expect(fill(message, params)).toBe(expected));
});

describe("the system's language", () => {
  test.each([
    [["zh-TW", "en"], "zh-Hant"], [["zh-Hant-HK"], "zh-Hant"], [["zh-HK"], "zh-Hant"], [["zh-CN"], "zh-Hans"], [["zh"], "zh-Hans"],
    [["de-DE", "zh-Hans-SG"], "zh-Hans"], [["de-DE"], "en"], [[], "en"],
  ] as const)("%j is shown as %s", (wanted, expected) => expect(localeFor(wanted)).toBe(expected));
});

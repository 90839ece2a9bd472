import { expect, test } from "vitest";
import { passedOnWords } from "../model/say";
import { clock, roundedWait } from "./spans";
import { chooseLanguage, LANGUAGES, wordsOf } from "./words";

const sources = import.meta.glob<string>(["../**/*.ts", "!../words/**", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });

test.each([
  [["en-GB"], "en"],
  [["zh-CN", "en"], "zh-Hans"],
  [["zh"], "zh-Hans"],
  [["zh-TW"], "zh-Hant"],
  [["zh-Hant-HK"], "zh-Hant"],
  [["zh-Hans-HK"], "zh-Hans"],
  [["zh-HK"], "zh-Hant"],
  [["yue"], "zh-Hant"],
  [["de-DE", "zh-TW"], "zh-Hant"],
  [["fr"], "en"],
  [[], "en"],
])("%o is answered in %s", (wished, tag) => {
  expect(chooseLanguage(wished)).toBe(tag);
});

test("a place is said as people say it", () => {
  const { place } = wordsOf("en");
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(place)).toEqual(
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"],
  );
  expect(wordsOf("zh-Hans").place(2)).toBe("第 2 位");
});

test.each([
  [5_000, "a few seconds", "几秒钟"],
  [34_000, "40 s", "40 秒"],
  [60_000, "1 min", "1 分钟"],
  [80_000, "1 min 20 s", "1 分 20 秒"],
  [299_000, "5 min", "5 分钟"],
  [754_000, "13 min", "13 分钟"],
])("a wait of %i ms is %s and %s", (ms, en, zh) => {
  expect([wordsOf("en").duration(ms), wordsOf("zh-Hans").duration(ms)]).toEqual([en, zh]);
});

test("a wait is never rounded to sixty seconds", () => {
  for (let ms = 0; ms < 2_000_000; ms += 997) expect(roundedWait(ms)?.seconds ?? 0).toBeLessThan(60);
});

test("a timer counts minutes, then hours", () => {
  expect([-5, 0, 61_999, 3_600_000].map(clock)).toEqual(["0:00", "0:00", "1:01", "1:00:00"]);
});

test("no language leaves a sentence in another one", () => {
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  for (const { tag, words } of LANGUAGES) {
    expect(texts(words).every((text) => text !== "")).toBe(true);
    const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
    expect(texts(words).filter((text) => isChinese(text) !== (tag !== "en"))).toEqual([]);
  }
});

test("everything is said somewhere on the page", () => {
  const text = Object.values(sources).join("\n");
  const unused = Object.keys(wordsOf("en")).filter((name) => !new RegExp(`\\bwords\\.${name}\\b`).test(text));
  expect(unused).toEqual([]);
});

test("who waits again because the agent is gone is told so, and not that they are passed on", () => {
  const given = { from_name: "Anna Marsh", to_name: "Support" };
  for (const { words } of LANGUAGES) {
    const gone = passedOnWords(words, { ...given, is_agent_gone: true });
    expect(gone).toContain("Anna Marsh");
    expect(gone).not.toBe(passedOnWords(words, { ...given, is_agent_gone: false }));
  }
  expect(passedOnWords(wordsOf("en"), { ...given, is_agent_gone: true })).toBe("Anna Marsh had to leave. You are first in line with Support and need not explain again.");
});

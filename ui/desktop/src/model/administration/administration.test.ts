import type { Configuration, Finding, QueueSettings } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { catalogues, fill, type Key, type Params } from "../../i18n";
import { changesUpTo, CONFIGURATION } from "../../bridge/fake/settings";
import { applied, changeOf, changesIn, EMPTY_DRAFT, isNewKey, newKey, put, putRules, rebased, remove, revert, rowsOf, withoutTraces } from "./draft";
import { durationText, msOf, spanOf } from "./durations";
import { allPlaced, findingWords, localFindings, nameOf } from "./findings";
import { codeFrom, fresh, newQueue, userFrom } from "./fresh";
import { asTime, isSpan, likeMonday, nextSpan, shareOf, spansOn, withDay } from "./hours";
import { changedSince, editsOf } from "./history";
import { fitting, nextRing, withNeed, withoutRing } from "./rings";

const BASE = CONFIGURATION;
const NOW = 1_800_000_000_000;
const queue = (code: string, of: Configuration = BASE): QueueSettings => of.queues.find((one) => one.code === code) ?? newQueue();
const person = (user: string, of: Configuration = BASE) => of.people.find((one) => one.user === user) ?? fresh("people", "");
const t = (key: Key, params: Params = {}) => fill(catalogues.en[key], params);

describe("a draft", () => {
  test("holds only what differs: what is changed back is no change", () => {
    const once = put(BASE, EMPTY_DRAFT, "queues", "sales", { ...queue("sales"), ring_ms: 9_000 });
    expect([changesIn(once), changeOf(once).queues.map(({ code }) => code)]).toEqual([1, ["sales"]]);
    expect(changesIn(put(BASE, once, "queues", "sales", queue("sales")))).toBe(0);
    expect(changesIn(putRules(BASE, once, BASE.rules))).toBe(1);
    expect(changesIn(revert(once, "queues", "sales"))).toBe(0);
  });

  test("a new thing is whole in the change, a gone one by its code, and one that never was saved is forgotten", () => {
    const key = newKey(1);
    const added = put(BASE, EMPTY_DRAFT, "skills", key, { code: "fibre", name: "Fibre" });
    expect(isNewKey(key)).toBe(true);
    expect(changeOf(remove(added, "people", "grace"))).toMatchObject({ skills: [{ code: "fibre", name: "Fibre" }], people_gone: ["grace"], people: [] });
    expect(changesIn(remove(added, "skills", key))).toBe(0);
    expect(rowsOf(BASE, added, "skills").at(-1)).toMatchObject({ key, mark: "new" });
    expect(rowsOf(BASE, remove(added, "people", "grace"), "people").filter(({ mark }) => mark === "gone").map(({ key: user }) => user)).toEqual(["grace"]);
  });

  test("over what somebody else saved meanwhile my fields are mine and the others theirs", () => {
    const draft = put(BASE, put(BASE, EMPTY_DRAFT, "queues", "sales", { ...queue("sales"), ring_ms: 9_000 }), "people", "noor", { ...person("noor"), capacity: 9 });
    const theirs = { ...BASE, queues: BASE.queues.map((one) => (one.code === "sales" ? { ...one, priority: 4 } : one)) };
    const { draft: next, both } = rebased(BASE, theirs, draft);
    expect(both).toEqual(["sales"]);
    expect(queue("sales", applied(theirs, next))).toMatchObject({ ring_ms: 9_000, priority: 4 });
    expect(person("noor", applied(theirs, next)).capacity).toBe(9);
  });

  test("what somebody else removed is not brought back, and what they did the same needs no saving", () => {
    const draft = put(BASE, EMPTY_DRAFT, "queues", "sales", { ...queue("sales"), ring_ms: 9_000 });
    const without = { ...BASE, queues: BASE.queues.filter(({ code }) => code !== "sales") };
    expect(rebased(BASE, without, draft)).toEqual({ draft: EMPTY_DRAFT, both: ["sales"] });
    expect(changesIn(rebased(BASE, applied(BASE, draft), draft).draft)).toBe(0);
  });

  test("a skill that goes leaves no trace with people or in rings, a site none with people", () => {
    const skill = applied(BASE, remove(withoutTraces(BASE, EMPTY_DRAFT, "skills", "broadband"), "skills", "broadband"));
    expect(JSON.stringify([skill.people, skill.queues, skill.skills])).not.toContain("\"broadband\"");
    const site = applied(BASE, withoutTraces(BASE, EMPTY_DRAFT, "sites", "suzhou"));
    expect(site.people.filter((one) => one.site === "suzhou")).toEqual([]);
    expect(person("anna", site).site).toBe("leeds");
  });
});

describe("findings", () => {
  const told = (code: Finding["code"], subject: string, more: Partial<Finding> = {}): Finding => ({ severity: "fault", code, subject, other: null, number: null, text: "", ...more });
  const place = (finding: Finding, draft = EMPTY_DRAFT) => allPlaced([finding], BASE, draft)[0]?.place;

  test.each([
    [told("ring_not_wider", "support", { number: 2 }), { kind: "queues", key: "support", part: "rings" }],
    [told("unknown", "support", { other: "gone" }), { kind: "queues", key: "support", part: "routes" }],
    [told("bad_opening", "weekdays", { other: "Monday" }), { kind: "schedules", key: "weekdays", part: "weekly" }],
    // "suzhou" is a site and a schedule, "billing" a queue and a skill.
    [told("never_opens", "suzhou"), { kind: "schedules", key: "suzhou", part: "weekly" }],
    [told("bad_level", "noor", { other: "broadband" }), { kind: "people", key: "noor", part: "skills" }],
    [told("bad_rules", ""), { kind: "rules", key: "", part: "rules" }],
    [told("no_administrator", ""), { kind: "whole", key: "", part: "people" }],
  ])("%j stands at its place", (finding, expected) => expect(place(finding)).toEqual(expected));

  test("of two things of one code the one that was touched is meant", () => {
    const draft = put(BASE, EMPTY_DRAFT, "skills", "billing", { code: "billing", name: "" });
    expect(place(told("bad_name", "billing"), draft)).toMatchObject({ kind: "skills" });
    expect(place(told("bad_name", "billing"))).toMatchObject({ kind: "queues" });
  });

  test("faults come first and nothing is said twice", () => {
    const all = allPlaced([told("nobody_serves", "sales", { severity: "warning" }), told("loop", "sales"), told("loop", "sales")], BASE, EMPTY_DRAFT);
    expect(all.map(({ finding }) => finding.code)).toEqual(["loop", "nobody_serves"]);
  });

  test("a new thing needs a code of its own and a name before the server is asked", () => {
    const code = (user: string, name = "X") => localFindings(BASE, put(BASE, EMPTY_DRAFT, "people", newKey(1), { ...fresh("people", ""), user, name })).map((one) => one.code);
    expect([code("noor"), code("Noor Rao"), code("n.rao@x", ""), code("n.rao")]).toEqual([["code_twice"], ["bad_code"], ["bad_name"], []]);
  });

  test("they name things as people know them", () => {
    const [one] = allPlaced([told("nobody_has_skill", "zh", { other: "mandarin", number: 5, severity: "warning" })], BASE, EMPTY_DRAFT);
    if (one === undefined) throw new Error("it is placed");
    const words = findingWords(one, BASE, "en");
    expect(t(words.key, words.params)).toBe("Nobody who serves this queue has “普通话” at level 5.");
    expect([nameOf("Monday", BASE, "en"), nameOf("monday", BASE, "zh-Hans"), nameOf("anna", BASE, "en"), nameOf("2026-12-25", BASE, "en")]).toEqual(["Monday", "星期一", "Anna Marsh", "2026-12-25"]);
  });
});

describe("spans of time", () => {
  test.each([[0, 0, "s"], [20_000, 20, "s"], [90_000, 90, "s"], [60_000, 1, "min"], [3_600_000, 60, "min"], [7_200_000, 2, "h"]] as const)("%d ms is entered as %d %s", (ms, amount, unit) => {
    expect(spanOf(ms)).toEqual({ amount, unit });
    expect(msOf({ amount, unit })).toBe(ms);
  });
  test.each([[0, "0 s"], [45_000, "45 s"], [90_000, "1 min 30 s"], [7_260_000, "2 h 1 min"], [1_500, "1.5 s"]])("%d ms reads %s", (ms, text) => expect(durationText(ms, t)).toBe(text));
});

describe("rings", () => {
  test("each new ring is later and asks for less, until nothing is left to give up", () => {
    const [first] = queue("business").rings;
    if (first === undefined) throw new Error("it has rings");
    const second = nextRing([first]);
    expect(second).toMatchObject({ after_ms: 30_000, is_site_needed: false, needs: first.needs });
    const third = nextRing([first, second]);
    expect(third.needs.map(({ minimum }) => minimum)).toEqual([2, 1]);
    expect(nextRing([])).toMatchObject({ after_ms: 0, needs: [] });
  });

  test("whoever becomes the first ring counts from the start", () => {
    expect(withoutRing(queue("support"), 0).rings.map(({ after_ms }) => after_ms)).toEqual([0, 90_000]);
  });

  test("those fit who serve the queue and have each skill at its level", () => {
    const support = queue("support");
    expect([fitting(BASE, support, null), ...support.rings.map((ring) => fitting(BASE, support, ring))]).toEqual([5, 4, 5, 5]);
    expect(withNeed([{ skill: "tv", minimum: 2 }], "tv", 4)).toEqual([{ skill: "tv", minimum: 4 }]);
  });
});

describe("hours", () => {
  const [weekdays] = BASE.schedules;
  if (weekdays === undefined) throw new Error("there are hours");

  test.each([["9", "09:00"], ["930", "09:30"], ["9.30", "09:30"], ["９：３０", "09:30"], ["24", "24:00"], ["25", "25"], ["later", "later"], ["24:30", "24:30"]])("%s typed for a time is %s", (typed, time) => expect(asTime(typed)).toBe(time));

  test("an opening ends after it begins, and is drawn where it lies", () => {
    expect([isSpan({ from: "09:00", to: "24:00" }), isSpan({ from: "09:00", to: "09:00" }), isSpan({ from: "9", to: "10:00" })]).toEqual([true, false, false]);
    expect(shareOf({ from: "06:00", to: "18:00" })).toEqual({ left: 25, width: 50 });
    expect(shareOf({ from: "18:00", to: "06:00" })).toBeNull();
  });

  test("a day is changed without the others, in the week's order", () => {
    const next = withDay(weekdays, "sunday", [{ from: "10:00", to: "12:00" }]);
    expect(next.weekly.map(({ day }) => day)).toEqual(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
    expect(spansOn(likeMonday(withDay(weekdays, "monday", [])), "friday")).toEqual([]);
    expect(spansOn(likeMonday(withDay(weekdays, "monday", [])), "saturday")).toHaveLength(1);
    expect(nextSpan([{ from: "09:00", to: "12:00" }])).toEqual({ from: "13:00", to: "16:00" });
  });
});

describe("past changes", () => {
  const changes = changesUpTo(NOW);

  test("are told field by field, of lists only what came and went", () => {
    const [first, second] = changes;
    if (first === undefined || second === undefined) throw new Error("there are changes");
    expect(editsOf(first).map(({ kind, name, lines }) => [kind, name, lines.map(({ field }) => field)])).toEqual([
      ["queues", "Support", ["queue.overflow"]], ["queues", "Business", ["queue.priority", "queue.ring_ms"]],
    ]);
    const [marta] = editsOf(second);
    expect(marta?.lines.find(({ field }) => field === "person.queues")).toMatchObject({ isList: true, was: [], is: [{ type: "code", code: "night" }] });
  });

  test("one that was changed again names the first later change of the same things", () => {
    expect(changedSince(changes, 38)?.revision).toBe(39);
    expect(changedSince(changes, 35)?.revision).toBe(41);
    expect(changedSince(changes, 41)).toBeNull();
    expect(changedSince(changes, 36)).toBeNull();
  });
});

test("codes and user names come of names, as far as they can", () => {
  expect([codeFrom("Fibre orders & co."), codeFrom("Siobhán"), codeFrom("24 h line"), codeFrom("中文服务"), userFrom("Noor Rao")]).toEqual(["fibre-orders-co", "siobhan", "h-line", "", "noor.rao"]);
});

import { expect, test } from "vitest";
import { decisionOf } from "../bridge/fake/decisions";
import { countRuledOut, factWords, leadWords, measureWords, rankedIn, ruledOutIn } from "./decision";

const NOW = 1_800_000_000_000;

function routed(number: number) {
  const decision = decisionOf(number, NOW);
  if (decision.why.type !== "routed") throw new Error("it was routed");
  return { decision, routed: decision.why.routed };
}

test("those who could have it stand in the order of their places, whatever order they came in", () => {
  const { routed: why } = routed(100);
  const shuffled = { ...why, candidates: [...why.candidates].reverse() };
  expect(rankedIn(shuffled).map(({ name, wasRung }) => [name, wasRung])).toEqual([["Anna Marsh", true], ["王伟", false], ["Jonas Brandt", false]]);
});

test("everybody who could not have it is in one group, and those only counted are counted", () => {
  const { routed: why } = routed(100);
  const groups = ruledOutIn(why);
  expect(groups.map(({ reason, people }) => [reason, people.length])).toEqual([["kept_from", 1], ["has_live_work", 2], ["not_ready", 1], ["skill", 2], ["offline", 6]]);
  expect(groups.flatMap(({ people }) => people)).toHaveLength(why.candidates.length - 3);
  expect(groups.find(({ reason }) => reason === "has_live_work")?.people[1]?.by).toHaveLength(2);
  expect(countRuledOut(why)).toBe(12 + 118);
});

test("it is told by which rule, how long the customer waited, which ring, and whom they waited for", () => {
  const { decision } = routed(100);
  expect(leadWords(decision)).toEqual({ key: "why.lead.longest_idle", params: { agent: "Anna Marsh", queue: "Support", n: 1 } });
  expect(factWords(decision)).toEqual([
    { key: "why.waited.next", params: { time: "0:41", n: 1 } }, { key: "why.ring", params: { n: 2, of: 3 } }, { key: "why.kept.another", params: { name: "Noor Rao" } },
  ]);
  const { decision: other, routed: why } = routed(103);
  const plain = { ...other, why: { type: "routed" as const, routed: { ...why, rings: 0, ring: 0, position: 4, kept_for_name: "Anna Marsh" } } };
  expect(factWords(plain).map(({ key }) => key)).toEqual(["why.waited", "why.no_rings", "why.kept.agent"]);
});

test("whoever had spoken with the customer last was rung for that, whatever the queue's rule", () => {
  const { decision, routed: why } = routed(100);
  const candidates = why.candidates.map((one) => (one.was_rung ? { ...one, verdict: { type: "ranked" as const, place: 1, by: [{ type: "spoke_last" as const }] } } : one));
  expect(leadWords({ ...decision, why: { type: "routed", routed: { ...why, candidates } } })).toEqual({ key: "why.lead.spoke_last", params: { agent: "Anna Marsh" } });
});

test("by name nothing else counts", () => {
  const decision = decisionOf(101, NOW);
  expect([leadWords(decision).key, factWords(decision)]).toEqual(["why.by_name", []]);
});

test.each([
  [{ type: "idle_since", at: NOW - 61_000 }, "measure.idle_since", { time: "1:01" }],
  [{ type: "load", units: 0 }, "measure.no_load", { n: 0 }],
  [{ type: "turn", after_name: null }, "measure.turn_first", undefined],
  [{ type: "turn", after_name: "Noor" }, "measure.turn", { name: "Noor" }],
] as const)("%j is told by %s", (measure, key, params) => expect(measureWords(measure, NOW)).toEqual(params === undefined ? { key } : { key, params }));

import { expect, test } from "vitest";
import { stateOf } from "../bridge/fake/scenarios";
import { consequences } from "./ending";

const NOW = 1_760_000_000_000;
const keys = (...given: Parameters<typeof consequences>) => consequences(...given).map(({ key }) => key);

test("nothing is asked where nothing is lost", () => {
  expect(keys("quit", stateOf("ready-empty", NOW))).toEqual([]);
  expect(keys("sign_out", stateOf("ready-empty", NOW))).toEqual([]);
  // A wrap-up is kept for a return; who signs out does not return to it.
  expect(keys("quit", stateOf("wrap-up", NOW))).toEqual([]);
});

test.each([
  ["quit", "talking", ["ending.live"]],
  ["quit", "held", ["ending.live"]],
  ["quit", "consult", ["ending.live"]],
  ["quit", "ringing", ["ending.rings"]],
  ["quit", "calling-back", ["ending.callback"]],
  ["quit", "offline", ["ending.live", "ending.unreachable"]],
  ["sign_out", "offline", ["ending.live", "ending.unreachable", "ending.outbox"]],
  ["sign_out", "wrap-up", ["ending.wrap_up"]],
] as const)("%s while %s", (by, scenario, expected) => expect(keys(by, stateOf(scenario, NOW))).toEqual(expected));

test("recordings that wait are told of at a sign-out", () => {
  expect(keys("sign_out", { ...stateOf("ready-empty", NOW), recordings: { count: 2, bytes: 9 } })).toEqual(["ending.recordings"]);
});

import type { Signal } from "@warmline/protocol";
import { expect, test } from "vitest";
import type { Path } from "./model";
import { decideSignal, qualityOf, type Conversation } from "./peer";

const NONE: Path = { type: "none" };
const SECOND: Path = { type: "live", interaction: 7, agent: 1, media: 2, state: "connected" };
const ANNA: Conversation = { interaction: 7, agent: 1 };
const NOOR: Conversation = { interaction: 7, agent: 2 };
const offer = (media: number): Signal => ({ type: "offer", media, sdp: "v=0" });
const candidate = (media: number, text = "candidate:1"): Signal => ({
  type: "candidate", media, candidate: text, sdp_mid: "0", sdp_m_line_index: 0,
});

test.each<[string, Path, Conversation | null, Signal, string]>([
  ["the first offer begins a connection", NONE, ANNA, offer(1), "begin"],
  ["a greater number begins another", SECOND, ANNA, offer(3), "begin"],
  ["the same number is an ICE restart", SECOND, ANNA, offer(2), "renew"],
  ["a smaller number is late", SECOND, ANNA, offer(1), "ignore"],
  ["no interaction, no offer", NONE, null, offer(1), "ignore"],
  ["a candidate of the present connection", SECOND, ANNA, candidate(2), "candidate"],
  ["a candidate that overtook its offer is kept for it", SECOND, ANNA, candidate(3), "candidate"],
  ["so is one before the first offer", NONE, ANNA, candidate(1), "candidate"],
  ["a candidate of an older one", SECOND, ANNA, candidate(1), "ignore"],
  ["the end of candidates", SECOND, ANNA, candidate(2, ""), "ignore"],
  ["an answer is ours to give", SECOND, ANNA, { type: "answer", media: 2, sdp: "" }, "ignore"],
  ["so is the wish for an offer", SECOND, ANNA, { type: "offer_wanted" }, "ignore"],
])("%s", (_, path, live, signal, decision) => {
  expect(decideSignal(path, live, ANNA, signal).type).toBe(decision);
});

test("signals of another interaction are dropped", () => {
  expect(decideSignal(SECOND, ANNA, { ...ANNA, interaction: 8 }, offer(9)).type).toBe("ignore");
});

test("numbers of an earlier interaction do not hold up the next one", () => {
  expect(decideSignal({ ...SECOND, interaction: 6 }, ANNA, ANNA, offer(1)).type).toBe("begin");
});

test("whoever takes over counts from where they like, and whoever left is not heard any more", () => {
  expect(decideSignal(SECOND, NOOR, NOOR, offer(1)).type).toBe("begin");
  expect(decideSignal(SECOND, NOOR, ANNA, offer(9)).type).toBe("ignore");
});

test.each([
  [{ roundTripMs: null, loss: null }, "unknown"],
  [{ roundTripMs: 40, loss: 0 }, "clear"],
  [{ roundTripMs: 40, loss: 0.05 }, "fair"],
  [{ roundTripMs: 400, loss: 0 }, "fair"],
  [{ roundTripMs: 40, loss: 0.2 }, "poor"],
  [{ roundTripMs: 900, loss: null }, "poor"],
] as const)("%o is %s", (figures, quality) => {
  expect(qualityOf(figures)).toBe(quality);
});

import type { Signal } from "@warmline/protocol";
import { expect, test } from "vitest";
import type { Path } from "./model";
import { decideSignal, qualityOf } from "./peer";

const NONE: Path = { type: "none" };
const SECOND: Path = { type: "live", interaction: 7, media: 2, state: "connected" };
const offer = (media: number): Signal => ({ type: "offer", media, sdp: "v=0" });
const candidate = (media: number, text = "candidate:1"): Signal => ({
  type: "candidate", media, candidate: text, sdp_mid: "0", sdp_m_line_index: 0,
});

test.each<[string, Path, number | null, Signal, string]>([
  ["the first offer begins a connection", NONE, 7, offer(1), "begin"],
  ["a greater number begins another", SECOND, 7, offer(3), "begin"],
  ["the same number is an ICE restart", SECOND, 7, offer(2), "renew"],
  ["a smaller number is late", SECOND, 7, offer(1), "ignore"],
  ["no interaction, no offer", NONE, null, offer(1), "ignore"],
  ["a candidate of the present connection", SECOND, 7, candidate(2), "candidate"],
  ["a candidate that overtook its offer is kept for it", SECOND, 7, candidate(3), "candidate"],
  ["so is one before the first offer", NONE, 7, candidate(1), "candidate"],
  ["a candidate of an older one", SECOND, 7, candidate(1), "ignore"],
  ["the end of candidates", SECOND, 7, candidate(2, ""), "ignore"],
  ["an answer is ours to give", SECOND, 7, { type: "answer", media: 2, sdp: "" }, "ignore"],
  ["so is the wish for an offer", SECOND, 7, { type: "offer_wanted" }, "ignore"],
])("%s", (_, path, live, signal, decision) => {
  expect(decideSignal(path, live, 7, signal).type).toBe(decision);
});

test("signals of another interaction are dropped", () => {
  expect(decideSignal(SECOND, 7, 8, offer(9)).type).toBe("ignore");
});

test("numbers of an earlier interaction do not hold up the next one", () => {
  expect(decideSignal({ ...SECOND, interaction: 6 }, 7, 7, offer(1)).type).toBe("begin");
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

import { expect, test } from "vitest";
import { lookAtPath, retryDelayMs, waitFraction, waitLeftMs } from "./pace";

test("retries begin at 100 ms, double, and never exceed 1 s", () => {
  expect([0, 1, 2, 3, 4, 5, 60].map((failures) => retryDelayMs(failures, 0))).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  expect(retryDelayMs(5, 1)).toBe(800);
});

test("an expectation runs down and stops short of nothing", () => {
  expect(waitLeftMs(80_000, 30_000)).toBe(50_000);
  expect(waitLeftMs(80_000, 300_000)).toBe(5_000);
  expect(waitLeftMs(null, 0)).toBeNull();
});

test("the bar shows what has passed of the whole, is nearly full while it rings, and empty-handed without figures", () => {
  expect(waitFraction(60_000, 60_000, false)).toBe(0.5);
  expect(waitFraction(0, 60_000, false)).toBeGreaterThan(0);
  expect(waitFraction(10_000_000, 5_000, false)).toBe(0.95);
  expect(waitFraction(0, null, true)).toBe(0.97);
  expect(waitFraction(0, null, false)).toBeNull();
});

test("a missing offer is asked for every three seconds; one that was taken has twelve, counted by itself", () => {
  const asked = [0, 1_000, 3_000, 5_999, 6_000].map(
    ((before) => (now: number) => {
      const { next, isOverdue } = lookAtPath(before, null, now);
      before = next;
      return isOverdue;
    })(null as ReturnType<typeof lookAtPath>["next"] | null),
  );
  expect(asked).toEqual([false, false, true, false, true]);
  const taken = lookAtPath({ media: null, since: 0 }, 5, 2_900);
  expect(taken).toEqual({ next: { media: 5, since: 2_900 }, isOverdue: false });
  expect(lookAtPath(taken.next, 5, 14_899).isOverdue).toBe(false);
  expect(lookAtPath(taken.next, 5, 14_900).isOverdue).toBe(true);
  expect(lookAtPath(taken.next, 6, 14_900).isOverdue).toBe(false);
});

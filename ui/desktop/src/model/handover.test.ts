import type { Floor } from "@warmline/protocol";
import { expect, test } from "vitest";
import { canAsk, canPassOn, targetsOf } from "./handover";

const FLOOR: Floor = {
  colleagues: [
    { agent: 1, user: "anna", name: "Anna Marsh", role: "agent", state: { type: "ready" } },
    { agent: 2, user: "noor", name: "Noor Rao", role: "agent", state: { type: "not_ready", reason: "lunch" } },
    { agent: 3, user: "sam", name: "Sam Doyle", role: "supervisor", state: { type: "busy" } },
  ],
  queues: [{ queue: 4, slug: "billing", name: "账单", waiting: 2, agents_ready: 0 }],
};
const found = (query: string) => targetsOf(FLOOR, 1, query).map(({ slug }) => slug);

test("everybody but oneself is listed, and every queue", () => {
  expect(found("")).toEqual(["noor", "sam", "billing"]);
  expect(targetsOf(null, 1, "")).toEqual([]);
});

test("every word must occur in a name or a sign-in name", () => {
  expect(found("RAO no")).toEqual(["noor"]);
  expect(found("账单")).toEqual(["billing"]);
  expect(found("anna")).toEqual([]);
});

test("whoever is not ready can be rung by name, whoever is busy cannot, and a queue is never asked", () => {
  const [noor, sam, billing] = targetsOf(FLOOR, 1, "");
  if (noor === undefined || sam === undefined || billing === undefined) throw new Error("all three are listed");
  expect([canPassOn(noor), canAsk(noor)]).toEqual([true, true]);
  expect([canPassOn(sam), canAsk(sam)]).toEqual([false, false]);
  expect([canPassOn(billing), canAsk(billing)]).toEqual([true, false]);
});

// @vitest-environment jsdom
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import type { DesktopEvent } from "@warmline/protocol";
import { emit } from "@tauri-apps/api/event";
import { afterEach, expect, test } from "vitest";
import { asReason } from "./bridge";
import { tauriBridge } from "./tauri";

afterEach(() => clearMocks());

test("a command goes to the native side as it is, and its reply comes back", async () => {
  const heard: unknown[] = [];
  mockIPC((name, args) => {
    heard.push([name, args]);
    return { type: "done" };
  });
  await expect(tauriBridge.dispatch({ type: "hold", interaction: 7 })).resolves.toEqual({ type: "done" });
  expect(heard).toEqual([["dispatch", { command: { type: "hold", interaction: 7 } }]]);
});

test("a refusal of the native side arrives as its reason", async () => {
  mockIPC(() => Promise.reject({ type: "no_microphone" }));
  const thrown = await tauriBridge.dispatch({ type: "start_meter" }).catch((error: unknown) => error);
  expect(asReason(thrown)).toEqual({ type: "no_microphone" });
});

test("whatever else goes wrong on the bridge is a reason too", () => {
  expect(asReason("command dispatch not found")).toEqual({ type: "local", detail: "command dispatch not found" });
});

test("events of the native side are heard until one stops listening", async () => {
  mockIPC(() => undefined, { shouldMockEvents: true });
  const heard: DesktopEvent[] = [];
  const stop = await tauriBridge.listen((event) => heard.push(event));
  await emit("desktop", { type: "outbox", outbox: 2 });
  stop();
  await emit("desktop", { type: "outbox", outbox: 3 });
  expect(heard).toEqual([{ type: "outbox", outbox: 2 }]);
});

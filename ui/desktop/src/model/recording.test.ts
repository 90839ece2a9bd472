import type { AgentView, DesktopCommand, RecordingSummary } from "@warmline/protocol";
import { expect, test } from "vitest";
import { stateOf } from "../bridge/fake/scenarios";
import { fetchRecording, mayListen, nextSpeed, type Speed } from "./recording";

const recording: RecordingSummary = {
  recording: "r", agent: 1, agent_name: "Anna Marsh", started_at: 0, is_complete: true, duration_ms: 1_000, pauses: [],
};

function me(agent: number, role: AgentView["me"]["role"]): AgentView | null {
  const view = stateOf("ready-empty", 0).agent;
  return view === null ? null : { ...view, me: { ...view.me, agent, role } };
}

test("who recorded and those who supervise may listen", () => {
  const may = (agent: number, role: AgentView["me"]["role"]) => mayListen(recording, me(agent, role));
  expect([may(1, "agent"), may(2, "agent"), may(2, "expert"), may(2, "supervisor"), may(2, "admin")]).toEqual([true, false, false, true, true]);
});

test("the speeds go round", () => {
  const speeds: Speed[] = [1];
  for (let step = 0; step < 4; step += 1) speeds.push(nextSpeed(speeds.at(-1) ?? 1));
  expect(speeds).toEqual([1, 1.25, 1.5, 2, 1]);
});

test("a recording is fetched piece by piece until it is whole", async () => {
  const whole = "hello world";
  const asked: DesktopCommand[] = [];
  const told: number[] = [];
  const fetched = await fetchRecording("r", (command) => {
    asked.push(command);
    const offset = command.type === "recording_part" ? command.offset : 0;
    return Promise.resolve({ ok: true, reply: { type: "recording_part", total: whole.length, bytes: btoa(whole.slice(offset, offset + 4)) } });
  }, (part) => told.push(part));
  expect(fetched.ok && await fetched.sound.text()).toBe(whole);
  expect(asked).toHaveLength(3);
  expect(told.at(-1)).toBe(1);
});

test("a refusal is handed on", async () => {
  const error = { type: "not_signed_in" } as const;
  expect(await fetchRecording("r", () => Promise.resolve({ ok: false, error }), () => undefined)).toEqual({ ok: false, error });
});

// The states in which a screen can be looked at, each as a whole desktop state.
import type { CallState, Consult, DesktopState, DeviceKind, Devices, Disposition, Floor, InteractionNote, Silence, WorkItem, WorkStage } from "@warmline/protocol";
import { pop } from "./people";

export const SCENARIOS = [
  "signed-out", "sign-in-failed", "ready-empty", "break", "ringing", "talking", "recording", "recording-paused", "recording-refused", "poor", "held", "wrap-up", "offline", "offline-empty", "callback", "calling-back",
  "customers", "devices", "administrator", "not-ready", "no-keyring", "unheard", "no-microphone", "demo", "twins", "muted", "muted-idle", "deaf", "quiet-microphone", "never-reached", "passed-on", "asked", "consult-ringing", "consult", "together",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

const DISPOSITIONS: Disposition[] = [
  { code: "solved", name: "Solved", names: { "zh-Hans": "已解决", "zh-Hant": "已解決" } },
  { code: "follow-up", name: "Follow-up needed", names: { "zh-Hans": "需要跟进", "zh-Hant": "需要跟進" } },
  { code: "passed-on", name: "Passed on", names: { "zh-Hans": "已转交", "zh-Hant": "已轉交" } },
  { code: "wrong-number", name: "Wrong number", names: { "zh-Hans": "打错电话", "zh-Hant": "撥錯號碼" } },
  { code: "no-answer", name: "Nobody spoke", names: { "zh-Hans": null, "zh-Hant": null } },
];

const HEADSET = "Jabra Evolve2 65";

const device = (name: string) => ({ id: `alsa.${name}`, name });
const devices = (names: readonly string[]) => names.map(device);

function quiet(now: number): DesktopState {
  return {
    session: { type: "signed_in", token_kept: { type: "in_keyring" } },
    link: { type: "up" },
    agent: {
      me: { agent: 1, organisation: "demo", organisation_name: "Northwind Telecom", user: "anna", name: "Anna Marsh", role: "agent" },
      presence: { state: { type: "ready" }, since: now - 94_000, next: null },
      work: [],
      queues: [
        { queue: 1, name: "Support", waiting: 0, callbacks: 0, longest_since: null, agents_ready: 3, expected_wait_ms: 60_000, is_open: true },
        { queue: 2, name: "中文服务", waiting: 2, callbacks: 1, longest_since: now - 38_000, agents_ready: 0, expected_wait_ms: 240_000, is_open: true },
        { queue: 3, name: "Business", waiting: 0, callbacks: 0, longest_since: null, agents_ready: 1, expected_wait_ms: null, is_open: false },
      ],
      floor: null,
      dispositions: DISPOSITIONS,
      reason_names: [],
      limits: [],
    },
    call: null,
    devices: {
      microphone: { present: devices([HEADSET, "Built-in Audio Analog Stereo"]), preferred: devices([HEADSET, "Poly Sync 20", "Built-in Audio Analog Stereo"]), in_use: device(HEADSET), silence: null },
      speaker: { present: devices([HEADSET, "Built-in Audio Analog Stereo", "HDMI / DisplayPort"]), preferred: devices([HEADSET]), in_use: device(HEADSET), silence: null },
      ringer: { present: devices([HEADSET, "Built-in Audio Analog Stereo", "HDMI / DisplayPort"]), preferred: devices(["Built-in Audio Analog Stereo"]), in_use: device("Built-in Audio Analog Stereo"), silence: null },
    },
    readiness: { microphone: { type: "passed" }, speaker: { type: "passed" }, server: { type: "passed" }, media_path: { type: "passed" } },
    settings: { theme: "system", language: "system", ringer_volume_percent: 80, has_noise_suppression: true },
    outbox: 0,
    recordings: { count: 0, bytes: 0 },
    clock_offset_ms: 0,
  };
}

export function item(now: number, stage: WorkStage, index = 0): WorkItem {
  return {
    interaction: 9001, medium: "voice", queue: 1, queue_name: "Support", stage, entered_at: now - 290_000, customer: pop(index, now),
    customer_link: { type: "connected" }, callback: null, topic: "Change my plan to 1000M, does my router carry it?", note: "", colleagues_notes: [],
    handover: null, consult: null,
    recording_consent: { type: "not_asked" },
  };
}

export const CLEAR_CALL: CallState = {
  interaction: 9001, media: "connected", is_muted: false, microphone: HEADSET, speaker: HEADSET, is_unheard: false, recording: null,
  quality: { grade: "clear", why: "none", round_trip_ms: 42, jitter_buffer_ms: 40, loss_in_percent: 0.1, loss_out_percent: 0 },
};

/** Who is there to be asked, in the order in which the server sends them. */
export const FLOOR: Floor = {
  colleagues: [
    { agent: 3, user: "eva", name: "Eva Lindqvist", role: "expert", state: { type: "ready" } },
    { agent: 2, user: "noor", name: "Noor Rao", role: "agent", state: { type: "ready" } },
    { agent: 5, user: "wei", name: "王伟", role: "agent", state: { type: "not_ready", reason: "lunch" } },
    { agent: 1, user: "anna", name: "Anna Marsh", role: "agent", state: { type: "busy" } },
    { agent: 4, user: "sam", name: "Sam Doyle", role: "supervisor", state: { type: "busy" } },
  ],
  queues: [
    { queue: 1, slug: "support", name: "Support", waiting: 0, agents_ready: 3 },
    { queue: 2, slug: "zh", name: "中文服务", waiting: 2, agents_ready: 0 },
  ],
};

export function asking(leg: Consult["leg"]): Consult {
  return {
    part: "asking", colleague: 2, colleague_name: "Noor Rao", is_colleague_connected: true, leg,
    question: "She is promised the new router for free. May I do that with the 12-month plan?",
  };
}

type Changes = Omit<Partial<DesktopState>, "agent"> & { state?: NonNullable<DesktopState["agent"]>["presence"]["state"]; work?: WorkItem[]; since?: number };

function changed(now: number, changes: Changes): DesktopState {
  const { state, work, since, ...rest } = changes;
  const base = quiet(now);
  const agent = base.agent === null ? null : {
    ...base.agent,
    work: work ?? base.agent.work,
    presence: { ...base.agent.presence, state: state ?? base.agent.presence.state, since: since ?? base.agent.presence.since },
  };
  return { ...base, ...rest, agent };
}

const away = (now: number) => ({ type: "waiting" as const, attempt: 3, retry_at: now + 6_000 });

export function stateOf(scenario: Scenario, now: number): DesktopState {
  const talking = { type: "talking", interaction: 9001 } as const;
  const spoken: WorkItem = { ...item(now, { type: "talking", since: now - 252_000 }), note: "Wants 1000M if the router is included." };
  switch (scenario) {
    case "signed-out":
    case "sign-in-failed":
    case "demo":
      return signedOut(scenario, now);
    case "twins":
      return { ...quiet(now), devices: twins(quiet(now).devices) };
    case "ready-empty":
    case "customers":
    case "devices":
      return quiet(now);
    case "break":
      return changed(now, { state: { type: "not_ready", reason: "break" }, since: now - 412_000 });
    case "ringing":
    case "callback":
      return rings(now, scenario === "ringing" ? { entered_at: now - 21_000 } : { callback: { tries: 1 } });
    case "calling-back":
      return changed(now, {
        state: { type: "calling_back", interaction: 9001 }, since: now - 6_000,
        work: [{ ...item(now, { type: "calling_back", since: now - 6_000, deadline: now + 24_000 }), callback: { tries: 0 } }],
      });
    case "talking":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: CLEAR_CALL });
    case "recording":
    case "recording-paused":
      return changed(now, {
        state: talking, since: now - 252_000, work: [{ ...spoken, recording_consent: { type: "given", at: now - 290_000 } }],
        call: { ...CLEAR_CALL, recording: scenario === "recording" ? "running" : "paused" },
      });
    case "recording-refused":
      return changed(now, { state: talking, since: now - 252_000, work: [{ ...spoken, recording_consent: { type: "refused" } }], call: CLEAR_CALL });
    case "passed-on":
    case "asked":
    case "consult-ringing":
    case "consult":
    case "together":
      return handedOver(scenario, now, spoken);
    case "held":
      return changed(now, {
        state: { type: "held", interaction: 9001 }, since: now - 22_000, call: { ...CLEAR_CALL, is_muted: true },
        work: [{ ...spoken, stage: { type: "held", since: now - 22_000, answered_at: now - 252_000 } }],
      });
    case "wrap-up":
      return changed(now, {
        state: { type: "wrap_up", interaction: 9001 }, since: now - 14_000,
        work: [{ ...spoken, stage: { type: "wrap_up", since: now - 14_000, deadline: now + 46_000, answered_at: now - 252_000, can_extend: true } }],
      });
    case "administrator":
      return administrator(quiet(now));
    case "poor":
    case "offline":
    case "offline-empty":
    case "not-ready":
    case "unheard":
    case "no-microphone":
    case "muted":
    case "muted-idle":
    case "deaf":
    case "quiet-microphone":
    case "never-reached":
    case "no-keyring":
      return lacking(scenario, now, spoken);
  }
}

function rings(now: number, work: Partial<WorkItem>): DesktopState {
  const ringing = item(now, { type: "ringing", since: now - 4_000, deadline: now + 16_000 });
  return changed(now, { state: { type: "ringing", interaction: 9001 }, since: now - 4_000, work: [{ ...ringing, ...work }] });
}

function signedOut(scenario: "signed-out" | "sign-in-failed" | "demo", now: number): DesktopState {
  const isDemo = scenario === "demo";
  const server = isDemo ? "http://127.0.0.1:7480" : "https://warmline.northwind.example";
  return {
    ...quiet(now), agent: null, link: { type: "down" },
    session: {
      type: "signed_out", last: { server, organisation: "demo", user: "anna" }, why: scenario === "sign-in-failed" ? "token_expired" : null,
      demo_password: isDemo ? "warmline-demo" : null,
    },
  };
}

function administrator(state: DesktopState): DesktopState {
  return { ...state, agent: state.agent === null ? null : { ...state.agent, me: { ...state.agent.me, role: "admin" } } };
}

type Lack = "poor" | "offline" | "offline-empty" | "not-ready" | "unheard" | "no-microphone" | "muted" | "muted-idle" | "deaf" | "quiet-microphone" | "never-reached" | "no-keyring";

/** Two headsets of one model, told apart by the ends of their serial numbers. */
function twins(all: Devices): Devices {
  const pair = ["3F2A", "77B1"].map((serial) => ({ id: `jabra##${serial}`, name: `${HEADSET} (…${serial})` }));
  const [first = device(HEADSET)] = pair;
  return { ...all, microphone: { present: [...pair, device("Built-in Audio Analog Stereo")], preferred: pair, in_use: first, silence: null } };
}

function silenced(all: Devices, kind: DeviceKind, silence: Silence): Devices {
  return { ...all, [kind]: { ...all[kind], silence } };
}

/** Something is missing: a good line, the server, a device, a keyring. */
function lacking(scenario: Lack, now: number, spoken: WorkItem): DesktopState {
  const talking = { type: "talking", interaction: 9001 } as const;
  switch (scenario) {
    case "poor":
      return changed(now, {
        state: talking, since: now - 252_000, work: [{ ...spoken, customer_link: { type: "away", since: now - 3_000, until: now + 27_000 } }],
        call: { ...CLEAR_CALL, quality: { grade: "poor", why: "loss_in", round_trip_ms: 310, jitter_buffer_ms: 140, loss_in_percent: 9.4, loss_out_percent: 1.2 } },
      });
    case "offline":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: CLEAR_CALL, link: away(now), outbox: 1 });
    case "offline-empty":
      return changed(now, { state: { type: "offline" }, link: away(now) });
    case "not-ready":
      return {
        ...changed(now, { state: { type: "not_ready", reason: "just_signed_in" } }),
        readiness: { microphone: { type: "failed", error: { type: "no_microphone" } }, speaker: { type: "passed" }, server: { type: "passed" }, media_path: { type: "running" } },
      };
    case "unheard":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: { ...CLEAR_CALL, microphone: null } });
    case "no-microphone":
      return changed(now, { state: { type: "not_ready", reason: "microphone" }, since: now - 4_000 });
    case "muted":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: CLEAR_CALL, devices: silenced(quiet(now).devices, "microphone", "muted") });
    case "muted-idle":
      return changed(now, {
        state: { type: "not_ready", reason: "microphone" }, since: now - 4_000, devices: silenced(quiet(now).devices, "microphone", "at_zero"),
        readiness: { ...quiet(now).readiness, microphone: { type: "failed", error: { type: "microphone_silenced", device: HEADSET, silence: "at_zero" } } },
      });
    case "deaf":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: CLEAR_CALL, devices: silenced(quiet(now).devices, "speaker", "at_zero") });
    case "quiet-microphone":
      return changed(now, { state: talking, since: now - 252_000, work: [spoken], call: { ...CLEAR_CALL, is_unheard: true } });
    case "never-reached":
      return { ...quiet(now), agent: null, link: away(now), outbox: 1 };
    case "no-keyring":
      return changed(now, { session: { type: "signed_in", token_kept: { type: "in_memory", detail: "no Secret Service on the session bus" } } });
  }
}

const NOORS_NOTE: InteractionNote = { agent: 2, agent_name: "Noor Rao", text: "Her contract ends on Friday; the router may go with it." };

function handedOver(scenario: "passed-on" | "asked" | "consult-ringing" | "consult" | "together", now: number, spoken: WorkItem): DesktopState {
  switch (scenario) {
    case "passed-on":
      return changed(now, {
        state: { type: "ringing", interaction: 9001 }, since: now - 4_000,
        work: [{
          ...item(now, { type: "ringing", since: now - 4_000, deadline: now + 16_000 }), colleagues_notes: [NOORS_NOTE],
          handover: { by_name: "Noor Rao", note: "Offered her 10 % off, she wants the router instead. Contract ends on Friday.", at: now - 5_000 },
        }],
      });
    case "asked":
      return changed(now, {
        state: { type: "ringing", interaction: 9001 }, since: now - 4_000,
        work: [{
          ...item(now, { type: "ringing", since: now - 4_000, deadline: now + 16_000 }), colleagues_notes: [NOORS_NOTE],
          consult: { ...asking({ type: "ringing", since: now - 4_000, deadline: now + 16_000 }), part: "asked" },
        }],
      });
    case "consult-ringing":
      return changed(now, {
        state: { type: "held", interaction: 9001 }, since: now - 4_000, call: CLEAR_CALL,
        work: [{
          ...spoken, stage: { type: "held", since: now - 4_000, answered_at: now - 252_000 },
          consult: asking({ type: "ringing", since: now - 4_000, deadline: now + 16_000 }),
        }],
      });
    case "consult":
      return changed(now, {
        state: { type: "held", interaction: 9001 }, since: now - 22_000, call: CLEAR_CALL,
        work: [{
          ...spoken, stage: { type: "held", since: now - 22_000, answered_at: now - 252_000 }, consult: asking({ type: "private", since: now - 22_000 }),
        }],
      });
    case "together":
      return changed(now, { state: { type: "talking", interaction: 9001 }, since: now - 252_000, call: CLEAR_CALL, work: [{ ...spoken, colleagues_notes: [NOORS_NOTE], consult: asking({ type: "together", since: now - 8_000 }) }] });
  }
}

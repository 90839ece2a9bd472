// A scripted native side: every command does what a person would see it do. For development and tests only.
import type {
  AgentView, Consult, CustomerNote, CustomerPatch, CustomerSummary, DesktopCommand, DesktopEvent, DesktopReply, DesktopState, DeviceChoice, DeviceKind,
  HandoverCommand, InteractionId, WorkItem, WorkStage,
} from "@warmline/protocol";
import { Refused, type Bridge } from "../bridge";
import { FakeAdministration } from "./administration";
import { decisionOf } from "./decisions";
import { FakeImports } from "./imports";
import { FakeLine } from "./line";
import { customers, found, happened, history, notesOf } from "./people";
import { asking, CLEAR_CALL, FLOOR, item, SCENARIOS, stateOf, type Scenario } from "./scenarios";

const WRAP_UP_MS = 60_000;

type NotesCommand = Extract<DesktopCommand, { type: "customer_notes" | "add_customer_note" | "edit_customer_note" | "remove_customer_note" }>;

/** The record as a server would have it after the patch. */
function edited(known: CustomerSummary, patch: CustomerPatch, now: number): CustomerSummary {
  const answers = patch.consents ?? [];
  return {
    ...known, revision: known.revision + 1, name: patch.name ?? known.name, language: (patch.language ?? known.language) || null,
    is_vip: patch.is_vip ?? known.is_vip, labels: patch.labels ?? known.labels, note: patch.note ?? known.note,
    identities: patch.identities ?? known.identities, attributes: patch.attributes ?? known.attributes,
    preferences: patch.preferences ?? known.preferences, browsers: patch.forget_browsers === true ? 0 : known.browsers,
    consents: [
      ...known.consents.filter((consent) => !answers.some((answer) => answer.kind === consent.kind)),
      ...answers.map((answer) => ({ ...answer, given_at: now })),
    ],
  };
}

export class Fake implements Bridge {
  state: DesktopState;
  /** Everything that was asked, for tests. */
  readonly asked: DesktopCommand[] = [];
  readonly administration: FakeAdministration;
  readonly imports: FakeImports;
  readonly line = new FakeLine();
  #heard = new Set<(event: DesktopEvent) => void>();
  #meter: ReturnType<typeof setInterval> | null = null;

  constructor(readonly scenario: Scenario, private readonly now: () => number = Date.now) {
    this.state = stateOf(scenario, now());
    this.administration = new FakeAdministration(now);
    this.imports = new FakeImports(now);
  }

  listen(heard: (event: DesktopEvent) => void): Promise<() => void> {
    this.#heard.add(heard);
    if (this.scenario === "customers") setTimeout(() => this.emit({ type: "go", place: { type: "customers", query: "" } }), 0);
    if (this.scenario === "devices" || this.scenario === "twins") setTimeout(() => this.emit({ type: "go", place: { type: "devices" } }), 0);
    if (this.state.call !== null || this.scenario === "devices") this.#startMeter();
    return Promise.resolve(() => {
      this.#heard.delete(heard);
      this.#stopMeter();
    });
  }

  emit(event: DesktopEvent): void {
    for (const heard of this.#heard) heard(event);
  }

  async dispatch(command: DesktopCommand): Promise<DesktopReply> {
    this.asked.push(command);
    await Promise.resolve();
    return this.administration.answer(command) ?? this.#answer(command) ?? this.#do(command);
  }

  #answer(command: DesktopCommand): DesktopReply | null {
    const now = this.now();
    if (command.type === "snapshot") return { type: "snapshot", state: this.state };
    if (command.type === "search_customers") {
      const all = found(command.query, now);
      return { type: "customers", page: { customers: all.slice(0, command.limit), has_more: all.length > command.limit } };
    }
    if (command.type === "customer" || command.type === "edit_customer") {
      const known = customers(now).find((one) => one.customer === command.customer);
      if (known === undefined) throw new Refused({ type: "refused", code: "unknown_customer", hint: "" });
      return { type: "customer", customer: command.type === "customer" ? known : edited(known, command.patch, now) };
    }
    if (command.type === "customer_notes" || command.type === "add_customer_note" || command.type === "edit_customer_note" || command.type === "remove_customer_note") {
      return { type: "notes", notes: { notes: this.#notes(command, now) } };
    }
    if (command.type === "exchange") return this.imports.answer(command.command);
    if (command.type === "export_customer") return { type: "exported", path: `/home/sam/Downloads/warmline-customer-${command.customer}.json` };
    if (command.type === "erase_customer") return { type: "erased", erased: { interactions: history(command.customer, now).length } };
    if (command.type === "timeline") return { type: "timeline", timeline: { interactions: history(command.customer, now), has_more: false } };
    if (command.type === "interaction") return this.#detail(command.interaction);
    if (command.type === "decision") return { type: "decision", decision: decisionOf(command.number, now) };
    if (command.type === "figures") return { type: "figures", figures: { at: now, since: now, queues: this.line.figures(now), agents: [] } };
    if (command.type === "queue_line") return { type: "queue_line", line: { at: now, entries: this.line.entries(command.queue, now) } };
    if (command.type === "remove_from_line") return { type: "removed_from_line", removed: this.line.remove(command.interactions) };
    if (command.type === "recording_part") return { type: "recording_part", total: 4, bytes: "T2dnUw==" };
    return null;
  }

  #notes(command: NotesCommand, now: number): CustomerNote[] {
    const known = notesOf(command.customer, now);
    switch (command.type) {
      case "customer_notes":
        return known;
      case "add_customer_note":
        return [{ note: now, author: 1, author_name: "Anna Marsh", at: now, edited_at: null, text: command.text }, ...known];
      case "edit_customer_note":
        return known.map((note) => (note.note === command.note ? { ...note, text: command.text, edited_at: now } : note));
      case "remove_customer_note":
        return known.filter((note) => note.note !== command.note);
    }
  }

  #detail(interaction: InteractionId): DesktopReply {
    const now = this.now();
    const live = this.state.agent?.work.find((one) => one.interaction === interaction);
    const past = history(Math.floor(interaction / 100), now).find((one) => one.interaction === interaction);
    if (live === undefined && past !== undefined) {
      return { type: "interaction", detail: { summary: past, happened: happened(past) } };
    }
    if (live === undefined) throw new Refused({ type: "refused", code: "unknown_interaction", hint: "" });
    const { stage } = live;
    const answered = stage.type === "ringing" || stage.type === "calling_back" ? null : stage.type === "talking" ? stage.since : stage.answered_at;
    const summary = {
      interaction, customer: live.customer.customer.customer, medium: live.medium, queue_name: live.queue_name, entered_at: live.entered_at,
      answered_at: answered, ended_at: stage.type === "wrap_up" ? stage.since : null, outcome: { type: "open" as const },
      agent_name: "Anna Marsh", participants: answered === null ? [] : ["Anna Marsh"], topic: live.topic, disposition: null, stars: null, recordings: [], given: live.customer.given,
      notes: live.note === "" ? live.colleagues_notes : [...live.colleagues_notes, { agent: 1, agent_name: "Anna Marsh", text: live.note }],
    };
    const story = happened({ ...summary, ended_at: null });
    if (stage.type === "held") story.push({ at: stage.since, what: "held", agent_name: "Anna Marsh", to_name: null, note: null, decision: null });
    if (stage.type === "wrap_up") story.push({ at: stage.since, what: "ended", agent_name: null, to_name: null, note: null, decision: null });
    return { type: "interaction", detail: { summary, happened: story } };
  }

  #do(command: DesktopCommand): DesktopReply {
    const now = this.now();
    if (command.type === "sign_in") {
      if (command.password === "wrong") throw new Refused({ type: "refused", code: "wrong_password", hint: "" });
      if (!/^https?:\/\//.test(command.server)) throw new Refused({ type: "bad_address", detail: command.server });
      this.state = stateOf("break", now);
      this.emit({ type: "agent", agent: this.state.agent });
      this.emit({ type: "link", link: { type: "up" }, clock_offset_ms: 0 });
      this.emit({ type: "session", session: this.state.session });
    }
    if (command.type === "sign_out") {
      this.state = stateOf("signed-out", now);
      this.emit({ type: "session", session: this.state.session });
    }
    if (command.type === "choose_state") {
      this.#agent((agent) => ({ ...agent, presence: { state: command.state, since: now, next: null } }));
    }
    if (command.type === "reserve_next_state") {
      this.#agent((agent) => ({ ...agent, presence: { ...agent.presence, next: command.state } }));
    }
    if (command.type === "save_settings") {
      this.state = { ...this.state, settings: command.settings };
      this.emit({ type: "settings", settings: command.settings });
    }
    this.#work(command, now);
    if (command.type === "handover") this.#handover(command.command, now);
    this.#devices(command);
    return { type: "done" };
  }

  #work(command: DesktopCommand, now: number): void {
    const live = this.state.agent?.work[0];
    if (live === undefined) return;
    const since = live.stage.type === "talking" ? live.stage.since : now - 60_000;
    if (command.type === "accept") {
      this.#stage({ type: "talking", since: now });
      this.#call({ ...CLEAR_CALL, media: "connecting" });
      // What was done meanwhile, muting for one, stays.
      setTimeout(() => this.state.call !== null && this.#call({ ...this.state.call, media: "connected" }), 300);
    }
    if (command.type === "hold") this.#stage({ type: "held", since: now, answered_at: since });
    if (command.type === "resume") this.#stage({ type: "talking", since });
    if (command.type === "set_muted" && this.state.call !== null) this.#call({ ...this.state.call, is_muted: command.is_muted });
    if (command.type === "pause_recording" && this.state.call !== null) this.#call({ ...this.state.call, recording: "paused" });
    if (command.type === "resume_recording" && this.state.call !== null) this.#call({ ...this.state.call, recording: "running" });
    if (command.type === "hang_up") {
      this.#stage({ type: "wrap_up", since: now, deadline: now + WRAP_UP_MS, answered_at: since, can_extend: true });
      this.#call(null);
    }
    if (command.type === "extend_wrap_up" && live.stage.type === "wrap_up") {
      this.#stage({ ...live.stage, deadline: live.stage.deadline + WRAP_UP_MS, can_extend: false });
    }
    if (command.type === "save_note") this.#agent((agent) => ({ ...agent, work: [{ ...live, note: command.text }] }));
    if (command.type === "finish_wrap_up" || command.type === "decline") {
      const state = command.type === "decline" ? { type: "not_ready" as const, reason: "missed" as const } : { type: "ready" as const };
      this.#agent((agent) => ({ ...agent, work: [], presence: { state, since: now, next: null } }));
    }
  }

  #handover(command: HandoverCommand, now: number): void {
    const live = this.state.agent?.work[0];
    if (command.type === "watch_floor") return this.#agent((agent) => ({ ...agent, floor: command.is_on ? FLOOR : null }));
    if (live === undefined) return;
    const answered = live.stage.type === "talking" ? live.stage.since : live.stage.type === "held" ? live.stage.answered_at : now;
    const consulted = (leg: Consult["leg"], stage: WorkStage) => {
      this.#agent((agent) => ({ ...agent, work: [{ ...live, consult: asking(leg) }] }));
      this.#stage(stage);
    };
    if (command.type === "transfer" || command.type === "hand_over") {
      this.#agent((agent) => ({ ...agent, work: [], presence: { state: { type: "ready" }, since: now, next: null } }));
      this.#call(null);
    }
    if (command.type === "consult") {
      consulted({ type: "ringing", since: now, deadline: now + 20_000 }, { type: "held", since: now, answered_at: answered });
      setTimeout(() => consulted({ type: "private", since: now }, { type: "held", since: now, answered_at: answered }), 1_500);
    }
    if (command.type === "step_aside") consulted({ type: "private", since: now }, { type: "held", since: now, answered_at: answered });
    if (command.type === "join") consulted({ type: "together", since: now }, { type: "talking", since: answered });
    if (command.type === "end_consult") {
      this.#agent((agent) => ({ ...agent, work: [{ ...live, consult: null }] }));
      this.#stage({ type: "talking", since: answered });
    }
  }

  #devices(command: DesktopCommand): void {
    if (command.type === "prefer_devices") {
      const choice = this.state.devices[command.kind];
      const inUse = command.devices.find(({ id }) => choice.present.some((one) => one.id === id)) ?? choice.present[0] ?? null;
      this.#choose(command.kind, { ...choice, preferred: command.devices, in_use: inUse });
    }
    if (command.type === "unsilence") {
      this.#choose(command.kind, { ...this.state.devices[command.kind], silence: null });
      const readiness = { ...this.state.readiness, [command.kind]: { type: "passed" as const } };
      this.state = { ...this.state, readiness };
      this.emit({ type: "readiness", readiness });
    }
    if (command.type === "start_meter") this.#startMeter();
    if (command.type === "stop_meter") this.#stopMeter();
    if (command.type === "test_record_and_play") this.#test("recording", 0);
    if (command.type === "check_readiness") {
      this.emit({ type: "readiness", readiness: { ...this.state.readiness, microphone: { type: "running" }, media_path: { type: "running" } } });
      setTimeout(() => this.emit({ type: "readiness", readiness: this.state.readiness }), 600);
    }
  }

  #choose(kind: DeviceKind, choice: DeviceChoice): void {
    const devices = { ...this.state.devices, [kind]: choice };
    this.state = { ...this.state, devices };
    this.emit({ type: "devices", devices });
  }

  #test(type: "recording" | "playing", done: number): void {
    this.emit({ type: "device_test", stage: { type, done } });
    setTimeout(() => {
      if (done < 100) this.#test(type, done + 5);
      else if (type === "recording") this.#test("playing", 0);
      else this.emit({ type: "device_test", stage: { type: "finished" } });
    }, 120);
  }

  /** Rings for one more customer, as the server would. */
  ring(index = 0): WorkItem {
    const now = this.now();
    const ringing = { ...item(now, { type: "ringing", since: now, deadline: now + 20_000 }, index), entered_at: now - 12_000 };
    this.#agent((agent) => ({ ...agent, work: [ringing], presence: { state: { type: "ringing", interaction: ringing.interaction }, since: now, next: null } }));
    return ringing;
  }

  #stage(stage: WorkStage): void {
    const interaction = this.state.agent?.work[0]?.interaction ?? 0;
    this.#agent((agent) => ({
      ...agent, work: agent.work.map((one) => ({ ...one, stage })), presence: { ...agent.presence, state: { type: stage.type, interaction }, since: stage.since },
    }));
  }

  #agent(change: (agent: AgentView) => AgentView): void {
    if (this.state.agent === null) return;
    this.state = { ...this.state, agent: change(this.state.agent) };
    this.emit({ type: "agent", agent: this.state.agent });
  }

  #call(call: DesktopState["call"]): void {
    this.state = { ...this.state, call };
    this.emit({ type: "call", call });
    if (call === null) this.#stopMeter();
    else this.#startMeter();
  }

  #startMeter(): void {
    let turn = 0;
    this.#meter ??= setInterval(() => {
      turn += 1;
      const level = (offset: number) => Math.max(0.05, Math.abs(Math.sin((turn + offset) / 3)) * 0.7);
      this.emit({ type: "levels", microphone: level(0), speaker: level(4) });
    }, 100);
  }

  #stopMeter(): void {
    if (this.#meter !== null) clearInterval(this.#meter);
    this.#meter = null;
    this.emit({ type: "levels", microphone: 0, speaker: 0 });
  }
}

/** `query` may also set the theme and the language: `?fake=talking&theme=dark&language=zh-Hans`. */
export function fakeBridge(query: URLSearchParams): Bridge {
  const name = query.get("fake");
  const scenario = SCENARIOS.find((one) => one === name);
  if (scenario === undefined) throw new RangeError(`no scenario ${name}; there are ${SCENARIOS.join(", ")}`);
  const fake = new Fake(scenario);
  const theme = (["light", "dark"] as const).find((one) => one === query.get("theme")) ?? "system";
  const language = (["en", "zh-Hans", "zh-Hant"] as const).find((one) => one === query.get("language")) ?? "system";
  fake.state = { ...fake.state, settings: { ...fake.state.settings, theme, language } };
  const role = (["supervisor", "admin", "expert"] as const).find((one) => one === query.get("role"));
  if (role !== undefined && fake.state.agent !== null) {
    fake.state = { ...fake.state, agent: { ...fake.state.agent, me: { ...fake.state.agent.me, role } } };
  }
  // So that one can say `fake.ring()` in the console.
  return Object.assign(globalThis, { fake }).fake;
}

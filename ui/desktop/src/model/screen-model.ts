// The screen's whole state as a fold of the native side's events. No Svelte, no DOM, no clock of its own.
import type {
  AgentView, CustomerId, DesktopEvent, DesktopState, DeviceTestStage, InteractionId, MediaReport, MediumKind, Millis, Notice, Place, WorkItem,
} from "@warmline/protocol";

/** Where somebody is; the native side leads to all but the last two. */
export type ScreenPlace = Place | { readonly type: "administration" } | { readonly type: "line" };

/** A notice while it is shown; `id` counts up. */
export type ShownNotice = { readonly id: number; readonly at: Millis; readonly notice: Notice };

/** A conversation that this screen saw end, newest first. */
export type Recent = {
  readonly interaction: InteractionId; readonly customer: CustomerId; readonly name: string; readonly endedAt: Millis;
  readonly topic: string | null; readonly medium: MediumKind;
};

export type ScreenModel = {
  /** Absent until the first snapshot. */
  readonly desktop: DesktopState | null;
  readonly place: ScreenPlace;
  readonly notices: readonly ShownNotice[];
  readonly deviceTest: DeviceTestStage | null;
  readonly recents: readonly Recent[];
  /** How the media of ended calls was, until the wrap-up is over. */
  readonly reports: ReadonlyMap<InteractionId, MediaReport>;
};

/** More than this many notices hide the work; the oldest go. */
const NOTICES_AT_ONCE = 4;
const RECENTS_KEPT = 6;

export const initialModel: ScreenModel = {
  desktop: null, place: { type: "work" }, notices: [], deviceTest: null, recents: [], reports: new Map(),
};

export function withSnapshot(model: ScreenModel, desktop: DesktopState): ScreenModel {
  return { ...model, desktop };
}

/** `now` is this machine's clock, for the age of notices and recents. */
export function reduce(model: ScreenModel, event: DesktopEvent, now: Millis): ScreenModel {
  switch (event.type) {
    case "notice":
      return withNotice(model, event.notice, now);
    case "go":
      return { ...model, place: event.place };
    case "device_test":
      return { ...model, deviceTest: event.stage };
    case "levels":
    case "ending":
      return model;
    case "session":
    case "link":
    case "agent":
    case "call":
    case "devices":
    case "readiness":
    case "settings":
    case "outbox":
    case "recordings":
      return withSlice(model, event, now);
  }
}

type SliceEvent = Exclude<DesktopEvent, { type: "notice" | "go" | "device_test" | "levels" | "ending" }>;

function withSlice(model: ScreenModel, event: SliceEvent, now: Millis): ScreenModel {
  const was = model.desktop;
  // An event before the snapshot is contained in the snapshot.
  if (was === null) return model;
  switch (event.type) {
    case "session": {
      const isOver = event.session.type === "signed_out";
      const desktop = { ...was, session: event.session };
      return isOver
        ? { ...initialModel, desktop, notices: model.notices }
        : { ...model, desktop };
    }
    case "link":
      return { ...model, desktop: { ...was, link: event.link, clock_offset_ms: event.clock_offset_ms } };
    case "agent": {
      const gone = event.agent === null ? [] : ended(was.agent, event.agent, now + was.clock_offset_ms);
      const recents = [...gone, ...model.recents].slice(0, RECENTS_KEPT);
      return { ...model, desktop: { ...was, agent: event.agent }, recents };
    }
    case "call":
      return { ...model, desktop: { ...was, call: event.call } };
    case "devices":
      return { ...model, desktop: { ...was, devices: event.devices } };
    case "readiness":
      return { ...model, desktop: { ...was, readiness: event.readiness } };
    case "settings":
      return { ...model, desktop: { ...was, settings: event.settings } };
    case "outbox":
      return { ...model, desktop: { ...was, outbox: event.outbox } };
    case "recordings":
      return { ...model, desktop: { ...was, recordings: event.recordings } };
  }
}

function withNotice(model: ScreenModel, notice: Notice, now: Millis): ScreenModel {
  if (notice.type === "media_summary") {
    return { ...model, reports: new Map([...model.reports, [notice.interaction, notice.report]]) };
  }
  const id = (model.notices.at(-1)?.id ?? 0) + 1;
  return { ...model, notices: [...model.notices, { id, at: now, notice }].slice(-NOTICES_AT_ONCE) };
}

export function withoutNotice(model: ScreenModel, id: number): ScreenModel {
  return { ...model, notices: model.notices.filter((shown) => shown.id !== id) };
}

/** Items that were spoken in and have left the list. */
function ended(was: AgentView | null, is: AgentView, at: Millis): Recent[] {
  const left = (was?.work ?? []).filter((item) => !is.work.some((other) => other.interaction === item.interaction));
  return left.filter((item) => item.stage.type !== "ringing" && item.stage.type !== "calling_back").map((item) => ({
    interaction: item.interaction, customer: item.customer.customer.customer, name: item.customer.customer.name,
    endedAt: at, topic: item.topic, medium: item.medium,
  }));
}

/** What the conversation shows: what rings comes first, then what is live, then what is to be wrapped up. */
export function itemInFocus(work: readonly WorkItem[]): WorkItem | null {
  const order = { ringing: 1, calling_back: 0, talking: 0, held: 0, wrap_up: 2 } as const;
  return [...work].sort((a, b) => order[a.stage.type] - order[b.stage.type])[0] ?? null;
}

/** The offer that rings now, if any. */
export function ringingItem(work: readonly WorkItem[]): (WorkItem & { stage: { type: "ringing" } }) | null {
  return work.find((item): item is WorkItem & { stage: { type: "ringing" } } => item.stage.type === "ringing") ?? null;
}

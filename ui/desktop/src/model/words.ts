// Which message of the catalogue says what: errors, states, quality. The catalogue itself stands in i18n/.
import type {
  AgentState, CallState, Check, ChosenState, DesktopError, DeviceKind, Devices, Disposition, Happened, InteractionSummary, MediaState, NotReadyReason, OtherNames, Quality, ReasonName, Readiness, WorkItem,
} from "@warmline/protocol";
import type { Key, Locale } from "../i18n";

/** A message and what is filled into it. */
export type Words = { key: Key; params?: Record<string, string | number> };

export function stateWords(state: AgentState, own: readonly ReasonName[], locale: Locale): Words {
  return state.type === "not_ready" ? reasonWords(state.reason, own, locale) : { key: `state.${state.type}` };
}

export function choiceWords(state: ChosenState, own: readonly ReasonName[], locale: Locale): Words {
  return state.type === "ready" ? { key: "state.ready" } : reasonWords(state.reason, own, locale);
}

/** Says what happened and what to do next. */
export function errorWords(error: DesktopError): Words {
  switch (error.type) {
    case "refused":
      return { key: `code.${error.code}` };
    case "unreachable":
    case "bad_address":
    case "insecure":
    case "device":
    case "local":
    case "no_media_path":
      return { key: `error.${error.type}`, params: { detail: error.detail } };
    case "microphone_silenced":
    case "speaker_silenced":
      return { key: `error.${error.type}.${error.silence}`, params: { device: error.device } };
    case "contradiction":
    case "not_signed_in":
    case "no_microphone":
    case "no_speaker":
    case "no_sound_system":
      return { key: `error.${error.type}` };
  }
}

/** Whether the address is what has to be corrected, or the name and password. */
export function fieldOf(error: DesktopError): "server" | "organisation" | "password" | null {
  if (error.type === "refused") {
    if (error.code === "unknown_organisation") return "organisation";
    return error.code === "wrong_password" ? "password" : null;
  }
  return error.type === "unreachable" || error.type === "bad_address" || error.type === "insecure" ? "server" : null;
}

/** How good it sounds in one word, and why when it is not clear. */
export function qualityWords(media: MediaState, quality: Quality): { short: Words; why: Words | null; tone: "ready" | "wait" | "alert" | "plain"; bars: number } {
  if (media !== "connected") {
    const isBad = media === "reconnecting" || media === "failed";
    return {
      short: { key: `media.${media}` }, why: isBad ? { key: `media.${media}.why` } : null,
      tone: media === "failed" ? "alert" : media === "reconnecting" ? "wait" : "plain", bars: 0,
    };
  }
  const why: Words | null = quality.grade === "clear" || quality.why === "none" ? null : { key: `quality.${quality.why}` };
  const bars = { unknown: 1, clear: 4, fair: 2, poor: 1 }[quality.grade];
  const tone = ({ unknown: "plain", clear: "ready", fair: "wait", poor: "alert" } as const)[quality.grade];
  return { short: { key: `grade.${quality.grade}` }, why, tone, bars };
}

/** The device people are heard and hear with, as the call bar names it: one name when both are the same headset. */
export function deviceInUse(call: CallState): { microphone: string | null; speaker: string | null; isOne: boolean } {
  return { microphone: call.microphone, speaker: call.speaker, isOne: call.microphone !== null && call.microphone === call.speaker };
}

/** The device whose mute in the mixer is why a check failed. */
export function silencedBy(error: DesktopError): DeviceKind | null {
  if (error.type === "microphone_silenced") return "microphone";
  return error.type === "speaker_silenced" ? "speaker" : null;
}

/** What stands between two people who should hear each other, the worst first: said in the call itself. */
type SoundTrouble = { what: "no_microphone" | "silenced" | "deaf" | "unheard"; words: Words; kind: DeviceKind | null };

export function soundTrouble(call: CallState, devices: Devices): SoundTrouble | null {
  const { microphone, speaker } = devices;
  if (call.microphone === null) return { what: "no_microphone", words: { key: "call.no_microphone" }, kind: null };
  if (microphone.silence !== null) {
    return { what: "silenced", words: { key: `call.silenced.${microphone.silence}`, params: { device: microphone.in_use?.name ?? "" } }, kind: "microphone" };
  }
  if (speaker.silence !== null) {
    return { what: "deaf", words: { key: `call.deaf.${speaker.silence}`, params: { device: speaker.in_use?.name ?? "" } }, kind: "speaker" };
  }
  return call.is_unheard && !call.is_muted ? { what: "unheard", words: { key: "call.unheard" }, kind: null } : null;
}

export function failedChecks(readiness: Readiness): Array<{ what: keyof Readiness; error: DesktopError }> {
  return checksOf(readiness).flatMap(({ what, check }) => (check.type === "failed" ? [{ what, error: check.error }] : []));
}

export function checksOf(readiness: Readiness): Array<{ what: keyof Readiness; check: Check }> {
  return (["microphone", "speaker", "server", "media_path"] as const).map((what) => ({ what, check: readiness[what] }));
}

export function isChecking(readiness: Readiness | null): boolean {
  return readiness !== null && checksOf(readiness).some(({ check }) => check.type === "running");
}

/** In the reader's language where there is such a name, else in English. */
export function nameIn(named: { name: string; names: OtherNames }, locale: Locale): string {
  return (locale === "en" ? null : named.names[locale]) ?? named.name;
}

/** A disposition as people named it; its code when the list no longer has it. */
export function dispositionName(code: string, dispositions: readonly Disposition[], locale: Locale): string {
  const known = dispositions.find((one) => one.code === code);
  return known === undefined ? code : nameIn(known, locale);
}

/** The organisation's own name for a reason, or the screen's. */
function reasonWords(reason: NotReadyReason, own: readonly ReasonName[], locale: Locale): Words {
  const named = own.find((one) => one.reason === reason);
  return named === undefined ? { key: `reason.${reason}` } : { key: "as_is", params: { text: nameIn(named, locale) } };
}

export function outcomeWords(summary: InteractionSummary): Words {
  switch (summary.outcome.type) {
    case "open":
      return { key: "outcome.open" };
    case "abandoned":
      return { key: "outcome.abandoned" };
    case "callback_missed":
      return { key: "outcome.callback_missed" };
    case "removed_from_line":
      return { key: "outcome.removed_from_line" };
    case "answered":
      return { key: summary.outcome.ended_by === "closed" ? "outcome.closed" : "outcome.answered" };
  }
}

/** What is known of an item without asking the server, so that the story is never blank. */
export function knownStory(item: WorkItem, myName: string): Happened[] {
  const row = (at: number, what: Happened["what"], agent: string | null): Happened => ({ at, what, agent_name: agent, to_name: null, note: null, decision: null });
  const story: Happened[] = [row(item.entered_at, "entered", null)];
  const { stage } = item;
  switch (stage.type) {
    case "ringing":
      break;
    case "calling_back":
      story.push(row(stage.since, "callback_started", myName));
      break;
    case "talking":
      story.push(row(stage.since, "answered", myName));
      break;
    case "held":
      story.push(row(stage.answered_at, "answered", myName), row(stage.since, "held", myName));
      break;
    case "wrap_up":
      story.push(row(stage.answered_at, "answered", myName), row(stage.since, "ended", null));
      break;
  }
  return story;
}

/** Who answered a customer that rang here and with others at once; `null` when it went away for another reason. */
export function takenBy(happened: readonly Happened[], rangSince: number, myName: string): string | null {
  const since = happened.filter((row) => row.at >= rangSince);
  const isMine = since.some((row) => row.agent_name === myName && (row.what === "offer_declined" || row.what === "offer_missed" || row.what === "answered"));
  return isMine ? null : since.find((row) => row.what === "answered")?.agent_name ?? null;
}

/** Since when the customer is spoken with; `null` while it rings. */
export function answeredAt(item: WorkItem): number | null {
  switch (item.stage.type) {
    case "ringing":
    case "calling_back":
      return null;
    case "talking":
      return item.stage.since;
    case "held":
    case "wrap_up":
      return item.stage.answered_at;
  }
}

/** What a row of the story says; repeated saves of one agent's note are one row. */
export function storyRows(happened: readonly Happened[]): Happened[] {
  return happened.filter((row, index) => {
    if (row.what !== "note_saved") return true;
    const rest = happened.slice(index + 1);
    const end = rest.findIndex((later) => later.what !== "note_saved");
    return !rest.slice(0, end === -1 ? rest.length : end).some((later) => later.agent_name === row.agent_name);
  });
}

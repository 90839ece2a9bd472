// The page's decisions: a model and something that happened give the next model and what is to be done about it.

import type { Caller, CustomerCommand, CustomerStage, ServerFrame, Signal } from "@warmline/protocol";
import type { CommandId, CustomerView, MediaId } from "@warmline/protocol";
import { isMusicOn, isPending, isQuiet, liveInteraction, type Microphone, type Model, type PathState, type Problem } from "./model";
import { decideSignal, type Conversation } from "./peer";
import { onGoodbye, onRefused } from "./refusals";
import { linkDown, probed } from "./reach";
import { step, type Effect, type Input, type Step } from "./step";

/** Clocks that differ by so much more than before were set. */
const CLOCK_STEP_MS = 1_000;

export function update(model: Model, input: Input): Step {
  switch (input.type) {
    case "typed": {
      const draft = { ...model.draft, [input.field]: input.value };
      return step({ ...model, draft }, { type: "keep_draft", draft });
    }
    case "recording_answered":
      return step({ ...model, isRecordingAllowed: input.isAllowed });
    case "call_pressed":
      return callPressed(model, input.isAllowed, input.caller);
    case "call_anyway_pressed":
      return call({ ...model, problem: null }, input.caller);
    case "come_back_pressed":
      return callPressed({ ...model, isComingBack: true }, input.isAllowed, input.caller);
    case "hang_up_pressed":
      return hangUp(model);
    case "keep_place_pressed":
      return keepPlace(model);
    case "wait_on_line_pressed":
      return tell(model, "wait_on_the_line");
    case "answer_pressed":
      return answer(model);
    case "not_now_pressed":
      return decline(model);
    case "mute_pressed":
      return step({ ...model, isMuted: !model.isMuted });
    case "music_pressed":
      return step({ ...model, isMusicWanted: !isMusicOn(model) });
    case "rate_pressed":
      return rate(model, input.stars);
    case "again_pressed":
      return again(model);
    case "back_pressed":
      return step({ ...model, problem: null, isComingBack: false });
    case "retry_pressed":
      return retry(model);
    case "microphone_pressed":
      return step({ ...model, microphone: "asking" }, { type: "ask_microphone" });
    case "sound_pressed":
      return step(model, { type: "play_sound" });
    case "command_named":
      return commandNamed(model, input.id, input.command);
    case "link_down":
      return linkDown(model);
    case "probed":
      return probed(model, input.found);
    case "frame":
      return onFrame(model, input.frame, input.at);
    case "microphone":
      return onMicrophone(model, input.state, input.caller);
    case "path":
      return onPath(model, input.media, input.state);
    case "quality":
      return step({ ...model, quality: input.quality });
    case "sound_blocked":
      return step({ ...model, isSoundBlocked: input.isBlocked });
    case "path_overdue":
      return pathOverdue(model);
  }
}

function callPressed(model: Model, isAllowed: boolean, caller: Caller): Step {
  if (model.intent !== "none" || liveInteraction(model) !== null) return step(model);
  if (model.microphone === "ready") return call(model, caller);
  const asking: Model = { ...model, microphone: "asking", problem: null };
  if (!isAllowed) return step({ ...asking, intent: "asking_microphone" }, { type: "ask_microphone" });
  // Nobody will be asked anything, so the place in the queue need not wait for the device.
  const { model: next, effects } = call(asking, caller);
  return step(next, ...effects, { type: "ask_microphone" });
}

function call(model: Model, caller: Caller): Step {
  const next: Model = { ...model, intent: "calling", isMuted: false, stars: null, quality: "unknown" };
  const stage = model.view?.stage;
  const isBack = model.isComingBack && stage?.type === "ended" && stage.broken_off !== null;
  const command: CustomerCommand = isBack ? { type: "come_back", interaction: stage.interaction, caller } : { type: "call", caller };
  return step(next, { type: "name_command", command });
}

function onMicrophone(model: Model, state: Microphone, caller: Caller): Step {
  const next: Model = { ...model, microphone: state };
  if (model.intent !== "asking_microphone") return step(next);
  switch (state) {
    case "ready":
      return call(next, caller);
    case "refused":
      return step({ ...next, intent: "none", problem: "microphone_refused" });
    case "forbidden":
      return step({ ...next, intent: "none", problem: "microphone_forbidden" });
    case "missing":
      return step({ ...next, intent: "none", problem: "microphone_missing" });
    case "busy":
      return step({ ...next, intent: "none", problem: "microphone_busy" });
    case "unknown":
    case "asking":
      return step(next);
  }
}

function hangUp(model: Model): Step {
  const interaction = liveInteraction(model);
  if (interaction !== null && model.intent !== "hanging_up") {
    const next: Model = { ...model, intent: "hanging_up", path: { type: "none" }, microphone: "unknown" };
    return step(next, { type: "name_command", command: { type: "hang_up", interaction } });
  }
  return step(withdrawCall(model));
}

/** Once is enough: a second press while the first is on its way does nothing. */
function tell(model: Model, type: Extract<CustomerCommand["type"], `${string}_callback` | "keep_my_place" | "wait_on_the_line">): Step {
  const interaction = liveInteraction(model);
  if (interaction === null || isPending(model, type)) return step(model);
  return step(model, { type: "name_command", command: { type, interaction } });
}

function keepPlace(model: Model): Step {
  const { model: next, effects } = tell(model, "keep_my_place");
  return effects.length === 0 ? step(next) : step(next, ...effects, { type: "ask_notifications" });
}

/** The answer does not wait for the microphone: who was called back should hear somebody at once. */
function answer(model: Model): Step {
  if (model.view?.stage.type !== "called_back" || model.intent !== "none") return step(model);
  const next: Model = { ...model, intent: "answering", isMuted: false, microphone: "asking" };
  const { model: told, effects } = tell(next, "answer_callback");
  return step(told, ...effects, { type: "ask_microphone" });
}

function decline(model: Model): Step {
  if (model.view?.stage.type !== "called_back" || model.intent !== "none") return step(model);
  return tell({ ...model, intent: "declining" }, "decline_callback");
}

/** Before the server knows of the call, it is simply not made. A call that may have been sent is not taken back. */
function withdrawCall(model: Model): Model {
  if (model.intent === "asking_microphone") return { ...model, intent: "none", microphone: "unknown" };
  if (model.intent !== "calling" || model.link.type === "up") return model;
  const pending = model.pending.filter(({ command }) => command.type !== "call" && command.type !== "come_back");
  return { ...model, intent: "none", microphone: "unknown", pending };
}

function rate(model: Model, stars: number): Step {
  const stage = model.view?.stage;
  if (stage?.type !== "ended" || !stage.can_rate || model.stars !== null) return step(model);
  const { interaction } = stage;
  return step({ ...model, stars }, { type: "name_command", command: { type: "rate", interaction, stars } });
}

function again(model: Model): Step {
  const stage = model.view?.stage;
  const leftBehind = stage?.type === "ended" ? stage.interaction : null;
  const draft = { ...model.draft, topic: "" };
  return step({ ...model, leftBehind, draft, stars: null, problem: null, isComingBack: false, isRecordingAllowed: false }, { type: "keep_draft", draft });
}

function retry(model: Model): Step {
  const next: Model = { ...model, problem: null, intent: "none" };
  if (model.link.type === "up") return step(next);
  return step({ ...next, link: { type: "connecting", failures: 0 } }, { type: "relink", afterMs: 0 });
}

function commandNamed(model: Model, id: CommandId, command: CustomerCommand): Step {
  const next: Model = { ...model, pending: [...model.pending, { id, command }] };
  return model.link.type === "up" ? step(next, { type: "send_command", id, command }) : step(next);
}

function onFrame(model: Model, frame: ServerFrame, at: number): Step {
  switch (frame.type) {
    case "ice":
      return step(model, { type: "use_ice", ice: frame.ice });
    case "welcome": {
      if (frame.view.type !== "customer") return step(model, { type: "relink", afterMs: null });
      return onWelcome(model, frame.view.view, frame.seq, frame.now - at, at);
    }
    case "delta":
      return onDelta(model, frame, at);
    case "ack":
      return step({ ...model, pending: model.pending.filter(({ id }) => id !== frame.id) });
    case "refused":
      return onRefused(model, frame.id, frame.code, frame.retry_after_ms);
    case "signal":
      return frame.from.type === "agent"
        ? onSignal(model, { interaction: frame.interaction, agent: frame.from.agent }, frame.signal)
        : step(model);
    case "heartbeat": {
      // Either clock may be set while the link is up; what a frame takes on its way is no step.
      const clockAheadMs = frame.now - at;
      return step(Math.abs(clockAheadMs - model.clockAheadMs) > CLOCK_STEP_MS ? { ...model, clockAheadMs } : model);
    }
    case "goodbye":
      return onGoodbye(model, frame.code, frame.retry_after_ms);
  }
}

function onWelcome(model: Model, view: CustomerView, seq: number, clockAheadMs: number, at: number): Step {
  const draft =
    model.draft.name === "" && view.known_name !== null ? { ...model.draft, name: view.known_name } : model.draft;
  const linked: Model = {
    ...model,
    link: { type: "up", seq },
    clockAheadMs,
    draft,
    problem: problemAfterWelcome(model),
  };
  const { model: next, effects } = enter(linked, view, at);
  const again = next.pending.map(({ id, command }): Effect => ({ type: "send_command", id, command }));
  const offer = wantsOffer(next) ? offerWanted(next) : [];
  return step(next, { type: "keep_visitor", visitor: view.visitor }, ...effects, ...again, ...offer);
}

/** A welcome proves the link; what is wrong with the microphone or a queue that refused a call, it does not change. */
function problemAfterWelcome({ problem, view }: Model): Problem | null {
  switch (problem) {
    case "microphone_refused":
    case "microphone_forbidden":
    case "microphone_missing":
    case "microphone_busy":
      return problem;
    case "queue_closed":
    case "queue_full":
      return view === null ? null : problem;
    case "unsupported":
    case "insecure":
    case "bad_address":
    case "unknown_queue":
    case "unreachable":
    case "server_away":
    case "link_stripped":
    case "link_blocked":
    case "elsewhere":
    case "outdated":
    case "too_many":
    case "server_trouble":
    case null:
      return null;
  }
}

function onDelta(model: Model, frame: ServerFrame & { type: "delta" }, at: number): Step {
  if (model.link.type !== "up" || model.view === null) return step(model);
  const isNext = frame.seq === model.link.seq + 1 && frame.delta.type === "customer";
  // A gap: what was missed cannot be known, and the next welcome holds everything.
  if (!isNext || frame.delta.type !== "customer") return step(model, { type: "relink", afterMs: 0 });
  const { delta } = frame.delta;
  const linked: Model = { ...model, link: { type: "up", seq: frame.seq } };
  switch (delta.type) {
    case "stage":
      return enter(linked, { ...model.view, stage: delta.stage }, at);
    case "desk": {
      // News of the queue outdates an earlier refusal.
      const isOutdated = model.problem === "queue_closed" || model.problem === "queue_full";
      return step({ ...linked, view: { ...model.view, desk: delta.desk }, problem: isOutdated ? null : model.problem });
    }
  }
}

/** A new view: what no longer belongs to it is let go. */
function enter(model: Model, view: CustomerView, at: number): Step {
  const before = model.view?.stage;
  const viewed: Model = { ...model, view, stageAt: at };
  const live = liveInteraction(viewed);
  const isPathOver = model.path.type === "live" && !isPathOf(model.path, view.stage);
  const over: Effect[] = isPathOver ? [{ type: "end_peer" }] : [];
  const intent = intentAfter(viewed, view.stage);
  const next: Model = {
    ...viewed,
    intent,
    path: isPathOver ? { type: "none" } : model.path,
    quality: isPathOver ? "unknown" : model.quality,
    microphone: (live === null && intent === "none") || isQuiet(viewed) ? "unknown" : model.microphone,
    problem: live === null ? model.problem : null,
    isComingBack: model.isComingBack && live === null,
  };
  if (live === null || intent === "hanging_up" || isQuiet(next)) return step(next, ...over);
  const isAgentBack =
    before?.type === "talking" && !before.is_agent_connected &&
    view.stage.type === "talking" && view.stage.is_agent_connected;
  const isPathFine = next.path.type === "live" && next.path.state === "connected";
  const offer = isAgentBack && !isPathFine ? offerWanted(next) : [];
  if (next.microphone !== "unknown") return step(next, ...over, ...offer);
  return step({ ...next, microphone: "asking" }, ...over, ...offer, { type: "ask_microphone" });
}

/** A path leads to one agent; whoever takes over makes a new one. */
function isPathOf(path: Model["path"], stage: CustomerStage): boolean {
  return (
    path.type === "live" && stage.type === "talking" &&
    path.interaction === stage.interaction && path.agent === stage.agent
  );
}

/** An intent lasts until the view shows it or its command was answered. */
function intentAfter(model: Model, stage: CustomerStage): Model["intent"] {
  const isLive = stage.type === "waiting" || stage.type === "called_back" || stage.type === "talking";
  switch (model.intent) {
    case "none":
      return "none";
    case "asking_microphone":
      return isLive ? "none" : "asking_microphone";
    case "answering":
    case "declining":
      return stage.type === "called_back" ? model.intent : "none";
    case "calling":
      return !isLive && (isPending(model, "call") || isPending(model, "come_back")) ? "calling" : "none";
    case "hanging_up":
      return isLive && isPending(model, "hang_up") ? "hanging_up" : "none";
  }
}

function onSignal(model: Model, from: Conversation, signal: Signal): Step {
  const stage = model.view?.stage;
  if (model.intent === "hanging_up" || stage?.type !== "talking") return step(model);
  const { interaction, agent } = from;
  const decision = decideSignal(model.path, stage, from, signal);
  switch (decision.type) {
    case "ignore":
      return step(model);
    case "begin": {
      const { media, sdp } = decision;
      const next: Model = { ...model, path: { type: "live", interaction, agent, media, state: "connecting" } };
      return step(next, { type: "begin_peer", interaction, media, sdp });
    }
    case "renew":
      return step(model, { type: "renew_peer", media: decision.media, sdp: decision.sdp });
    case "candidate":
      return step(model, { type: "add_candidate", media: decision.media, candidate: decision.candidate });
  }
}

function onPath(model: Model, media: MediaId, state: PathState): Step {
  const { path } = model;
  if (path.type !== "live" || path.media !== media) return step(model);
  const next: Model = { ...model, path: { ...path, state }, quality: state === "connected" ? model.quality : "unknown" };
  return state === "failed" ? step(next, ...offerWanted(next)) : step(next);
}

function pathOverdue(model: Model): Step {
  const isFine = model.path.type === "live" && model.path.state === "connected";
  return isFine ? step(model) : step(model, ...offerWanted(model));
}

/** True in a conversation without a connection that lives or may yet come to life. */
function wantsOffer(model: Model): boolean {
  if (model.view?.stage.type !== "talking" || model.intent === "hanging_up") return false;
  return model.path.type === "none" || model.path.state === "failed";
}

function offerWanted(model: Model): Effect[] {
  const stage = model.view?.stage;
  if (stage?.type !== "talking" || model.link.type !== "up" || model.intent === "hanging_up") return [];
  const { interaction, agent } = stage;
  return [{ type: "send_signal", interaction, to: agent, signal: { type: "offer_wanted" } }];
}


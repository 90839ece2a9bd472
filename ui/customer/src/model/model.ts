// What the page knows, as one value. Nothing here reads a clock, a browser or the network.

import type { AgentId, CustomerCommand, CustomerStage, CustomerView, InteractionId } from "@warmline/protocol";
import type { CommandId, MediaId } from "@warmline/protocol";

/** What the customer has typed. */
export interface Draft {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly topic: string;
}

export type LinkState =
  | { readonly type: "connecting"; readonly failures: number }
  | { readonly type: "up"; readonly seq: number }
  /** Was up before; the place and the conversation are kept meanwhile. */
  | { readonly type: "lost"; readonly failures: number }
  /** For good, until the customer asks for it again. */
  | { readonly type: "closed" };

export type Microphone =
  | "unknown"
  | "asking"
  | "ready"
  /** The person, the browser or the system said no. */
  | "refused"
  /** This page may not ask: a policy of the site around it, or of its own server. */
  | "forbidden"
  | "missing"
  /** Another program holds it. */
  | "busy";

export type Path =
  | { readonly type: "none" }
  | {
      readonly type: "live";
      readonly interaction: InteractionId;
      /** Whose offers these are; each agent counts their own. */
      readonly agent: AgentId;
      readonly media: MediaId;
      readonly state: PathState;
    };

export type PathState = "connecting" | "connected" | "interrupted" | "failed";

export type Quality = "unknown" | "clear" | "fair" | "poor";

/** What keeps the customer from going on, each with its own words on what to do. */
export type Problem =
  | "unsupported"
  | "insecure"
  | "bad_address"
  | "unknown_queue"
  | "unreachable"
  | "server_away"
  | "link_stripped"
  | "link_blocked"
  | "queue_closed"
  | "queue_full"
  | "elsewhere"
  | "outdated"
  | "too_many"
  | "server_trouble"
  | "microphone_refused"
  | "microphone_forbidden"
  | "microphone_missing"
  | "microphone_busy";

/** What the customer has asked for and the server's view does not show yet. */
export type Intent = "none" | "asking_microphone" | "calling" | "answering" | "declining" | "hanging_up";

export interface Pending {
  readonly id: CommandId;
  readonly command: CustomerCommand;
}

export interface Model {
  readonly link: LinkState;
  readonly view: CustomerView | null;
  /** When the view's stage arrived, by this machine's clock. */
  readonly stageAt: number;
  /** The server's clock minus this machine's, in milliseconds. */
  readonly clockAheadMs: number;
  readonly draft: Draft;
  readonly intent: Intent;
  /** Commands without an answer yet; sent again after a reconnect with the same ids. */
  readonly pending: readonly Pending[];
  readonly microphone: Microphone;
  readonly path: Path;
  readonly quality: Quality;
  readonly isMuted: boolean;
  /** The browser waits for a tap before it plays sound. */
  readonly isSoundBlocked: boolean;
  /** Undecided, it plays for somebody who was talking already: nobody should sit in silence and wonder. */
  readonly isMusicWanted: boolean | null;
  readonly problem: Problem | null;
  /** After how long the server said that it may be tried again, when it refused last. */
  readonly retryAfterMs: number | null;
  /** The ended interaction that the customer has put behind by "call again". */
  readonly leftBehind: InteractionId | null;
  readonly stars: number | null;
  /** The call about to be made is a return to one that broke off. */
  readonly isComingBack: boolean;
  /** The last probe found the link blocked; a server that was just started looks the same once. */
  readonly isBlockSuspected: boolean;
  /** The customer's yes to a recording, where the queue asks; nothing is ticked for them. */
  readonly isRecordingAllowed: boolean;
}

export const EMPTY_DRAFT: Draft = { name: "", phone: "", email: "", topic: "" };

export function initialModel(draft: Draft, problem: Problem | null): Model {
  return {
    link: problem === null ? { type: "connecting", failures: 0 } : { type: "closed" },
    view: null,
    stageAt: 0,
    clockAheadMs: 0,
    draft,
    intent: "none",
    pending: [],
    microphone: "unknown",
    path: { type: "none" },
    quality: "unknown",
    isMuted: false,
    isSoundBlocked: false,
    isMusicWanted: null,
    problem,
    retryAfterMs: null,
    leftBehind: null,
    stars: null,
    isComingBack: false,
    isBlockSuspected: false,
    isRecordingAllowed: false,
  };
}

/** Who a customer whose connection broke off may come back to, while that is offered. */
export function wayBack(model: Model, now: number): { readonly agentName: string | null; readonly hasTalked: boolean } | null {
  const stage = model.view?.stage;
  if (stage?.type !== "ended" || stage.broken_off === null) return null;
  const { until, agent_name: agentName } = stage.broken_off;
  return now + model.clockAheadMs < until ? { agentName, hasTalked: stage.talked_ms !== null } : null;
}

/** The answer that travels with the call; none where nobody asked. */
export function recordingConsent(model: Model): boolean | null {
  return model.view?.recording === "ask" ? model.isRecordingAllowed : null;
}

export type Stage = "intro" | "idle" | "waiting" | "kept" | "called_back" | "talking" | "ended" | "error";

/** The screen to show. A place in the queue or a conversation outranks any problem; those show as banners there. */
export function stageOf(model: Model): Stage {
  const stage = model.view?.stage;
  const isOnForm = model.problem === "queue_closed" || model.problem === "queue_full";
  if (model.problem !== null && !isOnForm && (!isLive(stage) || model.link.type === "closed")) return "error";
  if (stage === undefined) return "intro";
  if (stage.type === "ended" && (isOnForm || stage.interaction === model.leftBehind)) return "idle";
  if (stage.type === "waiting" && stage.waits.type === "for_callback") return "kept";
  return stage.type;
}

/** Why nobody can be called now, as far as anybody said; the form stays with what was typed. */
export function deskOf(model: Model): "open" | "closed" | "full" {
  const desk = model.view?.desk;
  if (desk?.is_closed === true || model.problem === "queue_closed") return "closed";
  return desk?.is_full === true || model.problem === "queue_full" ? "full" : "open";
}

function isLive(stage: CustomerStage | undefined): stage is LiveStage {
  return stage?.type === "waiting" || stage?.type === "called_back" || stage?.type === "talking";
}

type LiveStage = CustomerStage & { type: "waiting" | "called_back" | "talking" };

/** A command of this kind is on its way. */
export function isPending(model: Model, type: CustomerCommand["type"]): boolean {
  return model.pending.some(({ command }) => command.type === type);
}

/** The place is kept and nobody speaks: the page holds nothing and makes no sound. */
export function isQuiet(model: Model): boolean {
  const stage = stageOf(model);
  return stage === "kept" || (stage === "called_back" && model.intent !== "answering");
}

/** The interaction that this page is in: waiting, called back or talking. */
export function liveInteraction(model: Model): InteractionId | null {
  const stage = model.view?.stage;
  return isLive(stage) ? stage.interaction : null;
}

/** Whether music plays, or would if there were something to wait for. */
export function isMusicOn({ view, isMusicWanted }: Model): boolean {
  const stage = view?.stage;
  const wasTalking = stage?.type === "talking" || (stage?.type === "waiting" && stage.passed_on !== null);
  return isMusicWanted ?? wasTalking;
}

/** What the page holds open because of the state, not because of a moment. */
export interface Wishes {
  /** The device is held, so that the answer connects at once. */
  readonly microphone: boolean;
  /** The customer's voice may leave this machine. */
  readonly isMicrophoneOpen: boolean;
  readonly peer: boolean;
  readonly wakeLock: boolean;
  readonly music: boolean;
  /** Somebody calls back. */
  readonly ring: boolean;
}

export function wishesOf(model: Model): Wishes {
  const stage = model.view?.stage;
  const isLive = model.link.type !== "closed" && liveInteraction(model) !== null && model.intent !== "hanging_up";
  const isHere = isLive && !isQuiet(model);
  const isTalking = isLive && stage?.type === "talking";
  const isHeld = isTalking && stage.is_held;
  return {
    microphone: isHere || model.intent === "asking_microphone" || model.intent === "calling",
    isMicrophoneOpen: isTalking && !isHeld && !model.isMuted,
    peer: isHere,
    wakeLock: isHere,
    music: isHere && (isHeld || stage?.type === "waiting") && isMusicOn(model),
    ring: isLive && stage?.type === "called_back" && model.intent === "none",
  };
}

// Which peer connection a signal belongs to: the agent's side counts `media` up, late signals are dropped.

import type { AgentId, InteractionId, MediaId, Signal } from "@warmline/protocol";
import type { Path } from "./model";

/** With whom this page talks, by the server's view. */
export interface Conversation {
  readonly interaction: InteractionId;
  readonly agent: AgentId;
}

export type PeerDecision =
  | { readonly type: "ignore" }
  /** A new peer connection; an older one is closed. */
  | { readonly type: "begin"; readonly media: MediaId; readonly sdp: string }
  /** The same peer connection on a new way through the network (ICE restart). */
  | { readonly type: "renew"; readonly media: MediaId; readonly sdp: string }
  | { readonly type: "candidate"; readonly media: MediaId; readonly candidate: RTCIceCandidateInit };

const IGNORE: PeerDecision = { type: "ignore" };

/** Decides on a signal of the conversation `live`; a page in none takes none, nor one of an agent who has left. */
export function decideSignal(
  path: Path,
  live: Conversation | null,
  from: Conversation,
  signal: Signal,
): PeerDecision {
  if (live?.interaction !== from.interaction || live.agent !== from.agent) return IGNORE;
  const isCurrent = path.type === "live" && path.interaction === from.interaction && path.agent === from.agent;
  const current = isCurrent ? path.media : null;
  switch (signal.type) {
    case "offer": {
      const { media, sdp } = signal;
      if (current === null || media > current) return { type: "begin", media, sdp };
      return media === current ? { type: "renew", media, sdp } : IGNORE;
    }
    case "candidate": {
      // One of a greater number came before its offer; it is kept for it.
      if (signal.candidate === "" || (current !== null && signal.media < current)) return IGNORE;
      const { candidate, sdp_mid, sdp_m_line_index } = signal;
      return {
        type: "candidate",
        media: signal.media,
        candidate: { candidate, sdpMid: sdp_mid, sdpMLineIndex: sdp_m_line_index },
      };
    }
    case "answer":
    case "offer_wanted":
      // Both are this side's to say.
      return IGNORE;
  }
}

/** What the statistics of one look at the connection say. */
export interface PathFigures {
  readonly roundTripMs: number | null;
  /** Lost ÷ expected packets since the look before, 0–1. */
  readonly loss: number | null;
}

/**
 * One word for the connection. Speech is easy below 300 ms of round trip (ITU-T G.114: 150 ms one way) and Opus
 * conceals a few per cent of loss; beyond 10 % or 600 ms people begin to ask each other to repeat.
 */
export function qualityOf({ roundTripMs, loss }: PathFigures): "unknown" | "clear" | "fair" | "poor" {
  if (roundTripMs === null && loss === null) return "unknown";
  if ((loss ?? 0) > 0.1 || (roundTripMs ?? 0) > 600) return "poor";
  if ((loss ?? 0) > 0.03 || (roundTripMs ?? 0) > 300) return "fair";
  return "clear";
}

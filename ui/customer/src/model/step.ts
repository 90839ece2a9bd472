// What can happen to the page, and what it can be told to do about it.

import type { AgentId, Caller, CommandId, CustomerCommand, Ice, InteractionId, MediaId } from "@warmline/protocol";
import type { ServerFrame, Signal } from "@warmline/protocol";
import type { Draft, Microphone, Model, PathState, Quality } from "./model";

/** Why a link does not come to be. */
export type Found =
  /** Nothing answers: this device is offline, or the server is. */
  | "silence"
  /** Something answers that is not the server: its proxy, which does not find it. */
  | "away"
  /** The server has as many links as it takes. */
  | "full"
  /** The try arrived without its wish to be a WebSocket: a proxy before the server drops it. */
  | "stripped"
  /** The server answers and saw nothing of the try. */
  | "blocked";

export type Input =
  | { readonly type: "typed"; readonly field: keyof Draft; readonly value: string }
  | { readonly type: "recording_answered"; readonly isAllowed: boolean }
  /** `isAllowed`: the browser will hand out the microphone without asking. */
  | { readonly type: "call_pressed"; readonly isAllowed: boolean; readonly caller: Caller }
  | { readonly type: "call_anyway_pressed"; readonly caller: Caller }
  | { readonly type: "come_back_pressed"; readonly isAllowed: boolean; readonly caller: Caller }
  | { readonly type: "hang_up_pressed" }
  | { readonly type: "keep_place_pressed" }
  | { readonly type: "wait_on_line_pressed" }
  | { readonly type: "answer_pressed" }
  | { readonly type: "not_now_pressed" }
  | { readonly type: "mute_pressed" }
  | { readonly type: "music_pressed" }
  | { readonly type: "rate_pressed"; readonly stars: number }
  | { readonly type: "again_pressed" }
  | { readonly type: "back_pressed" }
  | { readonly type: "retry_pressed" }
  | { readonly type: "microphone_pressed" }
  | { readonly type: "sound_pressed" }
  | { readonly type: "command_named"; readonly id: CommandId; readonly command: CustomerCommand }
  | { readonly type: "link_down"; readonly at: number }
  /** What was found out about a link that does not come to be. */
  | { readonly type: "probed"; readonly found: Found }
  | { readonly type: "frame"; readonly frame: ServerFrame; readonly at: number }
  | { readonly type: "microphone"; readonly state: Microphone; readonly caller: Caller }
  | { readonly type: "path"; readonly media: MediaId; readonly state: PathState }
  | { readonly type: "quality"; readonly quality: Quality }
  | { readonly type: "sound_blocked"; readonly isBlocked: boolean }
  /** A conversation has had no working path for a while, although the link is up. */
  | { readonly type: "path_overdue" };

export type Effect =
  /** To be given an id and to come back as `command_named`. */
  | { readonly type: "name_command"; readonly command: CustomerCommand }
  | { readonly type: "send_command"; readonly id: CommandId; readonly command: CustomerCommand }
  | { readonly type: "send_signal"; readonly interaction: InteractionId; readonly to: AgentId; readonly signal: Signal }
  /** Closes the present socket; the next welcome tells the truth. */
  | { readonly type: "relink"; readonly afterMs: number | null }
  | { readonly type: "unlink" }
  /** To find out why no link comes to be; comes back as `probed`. */
  | { readonly type: "probe"; readonly again: boolean }
  | { readonly type: "keep_visitor"; readonly visitor: string }
  | { readonly type: "forget_visitor" }
  | { readonly type: "keep_draft"; readonly draft: Draft }
  | { readonly type: "ask_microphone" }
  /** May this page show a notification when it rings? Asked only of those who want to be called back. */
  | { readonly type: "ask_notifications" }
  /** By which servers the voice finds its way, from now on. */
  | { readonly type: "use_ice"; readonly ice: Ice }
  | { readonly type: "begin_peer"; readonly interaction: InteractionId; readonly media: MediaId; readonly sdp: string }
  | { readonly type: "renew_peer"; readonly media: MediaId; readonly sdp: string }
  | { readonly type: "add_candidate"; readonly media: MediaId; readonly candidate: RTCIceCandidateInit }
  /** The agent at its other end is not this customer's any more. */
  | { readonly type: "end_peer" }
  | { readonly type: "play_sound" };

export interface Step {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export function step(model: Model, ...effects: readonly Effect[]): Step {
  return { model, effects };
}

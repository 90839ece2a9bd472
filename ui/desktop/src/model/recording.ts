// A past recording: who may listen, where one is in it, and fetching it piece by piece.
import type { AgentView, DesktopCommand, DesktopError, DesktopReply, RecordingId, RecordingSummary } from "@warmline/protocol";
import { mayAnswerForData } from "./roles";

/** How fast one may listen. */
export const SPEEDS = [1, 1.25, 1.5, 2] as const;
export type Speed = (typeof SPEEDS)[number];

/** Seconds that the arrow keys go back or on. */
export const SKIP_S = 5;

export function nextSpeed(speed: Speed): Speed {
  return SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
}

/** Whose desktop recorded, and those who supervise; the server holds everybody to the same. */
export function mayListen(recording: RecordingSummary, agent: AgentView | null): boolean {
  if (agent === null) return false;
  return recording.agent === agent.me.agent || mayAnswerForData(agent.me.role);
}

export type Fetched = { ok: true; sound: Blob } | { ok: false; error: DesktopError };
type Ask = (command: DesktopCommand) => Promise<{ ok: true; reply: DesktopReply } | { ok: false; error: DesktopError }>;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The whole sound; `told` gets how much of it is here, from 0 to 1. */
export async function fetchRecording(recording: RecordingId, ask: Ask, told: (part: number) => void): Promise<Fetched> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  let total = 1;
  while (offset < total) {
    const outcome = await ask({ type: "recording_part", recording, offset });
    if (!outcome.ok) return outcome;
    if (outcome.reply.type !== "recording_part") break;
    const bytes = bytesOf(outcome.reply.bytes);
    // An empty answer would be asked for for ever.
    if (bytes.length === 0) break;
    parts.push(bytes);
    offset += bytes.length;
    total = outcome.reply.total;
    told(offset / total);
  }
  return { ok: true, sound: new Blob(parts, { type: "audio/ogg" }) };
}

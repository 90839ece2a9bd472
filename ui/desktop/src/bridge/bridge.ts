// What the screen needs of the native side: one command in, one reply back, one stream of events.
import type { DesktopCommand, DesktopError, DesktopEvent, DesktopReply } from "@warmline/protocol";

export interface Bridge {
  /** Rejects with a {@link Refused}. */
  dispatch(command: DesktopCommand): Promise<DesktopReply>;
  /** Calls back with every event from now on; resolves when listening has begun. */
  listen(heard: (event: DesktopEvent) => void): Promise<() => void>;
}

/** Why a command was not done, as an error that can be thrown. */
export class Refused extends Error {
  constructor(readonly reason: DesktopError) {
    super(reason.type);
  }
}

/** Whatever was thrown across the bridge, as one of the known reasons. */
export function asReason(thrown: unknown): DesktopError {
  if (thrown instanceof Refused) return thrown.reason;
  if (typeof thrown === "object" && thrown !== null && "type" in thrown && typeof thrown.type === "string") {
    return thrown as DesktopError;
  }
  return { type: "local", detail: String(thrown) };
}

// The microphone: asked for, held with its tracks closed until somebody talks, let go.

import type { Microphone as State } from "../model/model";

const VOICE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
};

/** No person answers a browser's question as fast as this. */
const UNASKED_MS = 150;

/** A name of our own beside the browser's. */
const FORBIDDEN = "ForbiddenByPolicy";

export class Microphone {
  readonly #changed: (state: State) => void;
  #stream: MediaStream | null = null;
  #asking: Promise<void> | null = null;
  #isWanted = false;
  #isOpen = false;

  constructor(changed: (state: State) => void) {
    this.#changed = changed;
    // Absent on insecure addresses, whatever the type says; the page explains that itself.
    const devices: MediaDevices | undefined = navigator.mediaDevices;
    devices?.addEventListener("devicechange", () => this.#lookAgain());
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  /** Settles when the browser has answered, whatever it says. */
  answered(): Promise<void> {
    return this.#asking ?? Promise.resolve();
  }

  ask(): Promise<void> {
    this.#isWanted = true;
    this.#asking ??= this.#get().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Opens or closes the tracks; the device is held either way. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = isOpen;
  }

  release(): void {
    this.#isWanted = false;
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
  }

  async #get(): Promise<void> {
    let state: State = "ready";
    const began = performance.now();
    try {
      if (isAllowedByPolicy() === false) throw new DOMException("no policy leaves it", FORBIDDEN);
      const stream = await navigator.mediaDevices.getUserMedia({ audio: VOICE });
      this.#take(stream);
    } catch (error) {
      state = stateOf(error, performance.now() - began);
    }
    if (this.#isWanted) this.#changed(state);
  }

  #take(stream: MediaStream): void {
    const isWanted = this.#isWanted;
    this.release();
    if (!isWanted) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.#isWanted = true;
    this.#stream = stream;
    this.setOpen(this.#isOpen);
    for (const track of stream.getAudioTracks()) {
      // Unplugged: the browser's next device is asked for at once.
      track.onended = () => void this.ask();
    }
  }

  /** A device came while we had none. */
  #lookAgain(): void {
    if (this.#isWanted && this.#stream?.active !== true) void this.ask();
  }
}

function stateOf(error: unknown, tookMs: number): State {
  const name = error instanceof DOMException ? error.name : "";
  if (name === FORBIDDEN) return "forbidden";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name !== "NotAllowedError" && name !== "SecurityError") return "busy";
  // Firefox does not say what policies leave to a frame; it refuses at once, without asking the visitor.
  const isFramed = window.parent !== window;
  return isFramed && isAllowedByPolicy() === null && tookMs < UNASKED_MS ? "forbidden" : "refused";
}

interface Policy {
  readonly allowsFeature: (feature: string) => boolean;
}

/**
 * Whether the policies of this page and of those around it leave it the microphone; `null` where the browser does not
 * say. Where they do not, no permission of the visitor's can help.
 */
function isAllowedByPolicy(): boolean | null {
  const { permissionsPolicy, featurePolicy } = document as { readonly permissionsPolicy?: Policy; readonly featurePolicy?: Policy };
  return (permissionsPolicy ?? featurePolicy)?.allowsFeature("microphone") ?? null;
}

/** True when the browser will hand out the microphone without asking anybody. */
export async function isMicrophoneAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
    return status.state === "granted";
  } catch {
    // Firefox before 131 does not know the name.
    return false;
  }
}

// The peer connection towards the agent: answers offers, trickles candidates, swaps the microphone without renegotiating.

import type { Ice, MediaId } from "@warmline/protocol";
import { qualityOf } from "../model/peer";
import type { PathState, Quality } from "../model/model";

export interface PeerEvents {
  readonly answer: (media: MediaId, sdp: string) => void;
  readonly candidate: (media: MediaId, candidate: RTCIceCandidate | null) => void;
  readonly state: (media: MediaId, state: PathState) => void;
  readonly track: (stream: MediaStream) => void;
  readonly quality: (quality: Quality) => void;
  /** The microphone as it is, after the browser has answered. */
  readonly microphone: () => Promise<MediaStream | null>;
}

interface Live {
  readonly media: MediaId;
  readonly pc: RTCPeerConnection;
  /** The answer has been sent; candidates found from now on go by themselves. */
  isAnswered: boolean;
}

/** How often the statistics are read. */
const LOOK_MS = 2_000;

/** An answer waits at most this long for its first candidate. */
const FIRST_CANDIDATE_MS = 150;

/** Candidates that are kept for an offer still to come; the oldest go first. */
const MAX_EARLY = 32;

const WAYS: RTCConfiguration = { bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 };

export class Peer {
  readonly #events: PeerEvents;
  #ways: RTCConfiguration = WAYS;
  #spare: RTCPeerConnection | null = null;
  #live: Live | null = null;
  /** Descriptions and candidates are applied one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();
  #look: number | undefined;
  #early: readonly { readonly media: MediaId; readonly candidate: RTCIceCandidateInit }[] = [];
  #seen = { lost: 0, received: 0 };

  constructor(events: PeerEvents) {
    this.#events = events;
  }

  /** A connection with its keys and sockets ready, so that the answer need not wait for them. */
  prepare(): void {
    if (this.#live === null) this.#spare ??= new RTCPeerConnection(this.#ways);
  }

  /** New credentials also reach what is open: an ICE restart gathers by them. */
  useIce({ servers, policy }: Ice): void {
    this.#ways = { ...WAYS, iceServers: servers.map(serverOf), iceTransportPolicy: policy };
    for (const pc of [this.#spare, this.#live?.pc]) pc?.setConfiguration(this.#ways);
  }

  begin(media: MediaId, sdp: string): void {
    this.end();
    this.prepare();
    const pc = this.#spare;
    if (pc === null) return;
    this.#spare = null;
    const live: Live = { media, pc, isAnswered: false };
    this.#live = live;
    pc.onicecandidate = ({ candidate }) => {
      if (live.isAnswered) this.#events.candidate(media, candidate);
    };
    pc.onconnectionstatechange = () => this.#report(live);
    pc.ontrack = ({ streams, track }) => this.#events.track(streams[0] ?? new MediaStream([track]));
    this.#seen = { lost: 0, received: 0 };
    this.#look = window.setInterval(() => void this.#measure(live), LOOK_MS);
    this.#then(live, () => this.#accept(live, sdp));
    const early = this.#early;
    this.#early = [];
    for (const one of early) if (one.media === media) this.add(media, one.candidate);
  }

  renew(media: MediaId, sdp: string): void {
    const live = this.#live;
    if (live?.media === media) this.#then(live, () => this.#accept(live, sdp));
  }

  add(media: MediaId, candidate: RTCIceCandidateInit): void {
    const live = this.#live;
    if (live?.media !== media) {
      this.#early = [...this.#early.slice(1 - MAX_EARLY), { media, candidate }];
      return;
    }
    this.#then(live, async () => {
      // A candidate of a kind this browser does not know is no reason to give up the call.
      await live.pc.addIceCandidate(candidate).catch(() => undefined);
    });
  }

  /** The microphone has changed: the next one speaks in its place. */
  setMicrophone(stream: MediaStream | null): void {
    const live = this.#live;
    if (live !== null) this.#then(live, () => attach(live.pc, stream));
  }

  close(): void {
    this.end();
    this.#spare?.close();
    this.#spare = null;
  }

  /** The conversation at its other end is over; the next one begins anew. */
  end(): void {
    window.clearInterval(this.#look);
    const live = this.#live;
    this.#live = null;
    if (live === null) return;
    live.pc.onicecandidate = live.pc.onconnectionstatechange = live.pc.ontrack = null;
    live.pc.close();
  }

  #then(live: Live, work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#live !== live) return;
      try {
        await work();
      } catch {
        // A description that cannot be used: the agent's side is asked for another one.
        if (this.#live === live) this.#events.state(live.media, "failed");
      }
    });
  }

  async #accept(live: Live, sdp: string): Promise<void> {
    const { pc, media } = live;
    live.isAnswered = false;
    await pc.setRemoteDescription({ type: "offer", sdp });
    await attach(pc, await this.#events.microphone());
    const found = firstCandidate(pc);
    await pc.setLocalDescription();
    await found;
    const answer = pc.localDescription;
    if (answer === null || this.#live !== live) return;
    live.isAnswered = true;
    this.#events.answer(media, answer.sdp);
  }

  #report(live: Live): void {
    const state = stateOf(live.pc.connectionState);
    if (this.#live === live && state !== null) this.#events.state(live.media, state);
  }

  async #measure(live: Live): Promise<void> {
    if (live.pc.connectionState !== "connected") return;
    let roundTripMs: number | null = null;
    let [lost, received] = [0, 0];
    for (const entry of (await live.pc.getStats()).values()) {
      if (entry.type === "candidate-pair" && entry.nominated && typeof entry.currentRoundTripTime === "number") {
        roundTripMs = entry.currentRoundTripTime * 1_000;
      }
      if (entry.type === "inbound-rtp") {
        lost += entry.packetsLost ?? 0;
        received += entry.packetsReceived ?? 0;
      }
    }
    if (this.#live !== live) return;
    const fresh = { lost: Math.max(0, lost - this.#seen.lost), received: Math.max(0, received - this.#seen.received) };
    this.#seen = { lost, received };
    const expected = fresh.lost + fresh.received;
    this.#events.quality(qualityOf({ roundTripMs, loss: expected === 0 ? null : fresh.lost / expected }));
  }
}

function serverOf({ urls, username, credential }: Ice["servers"][number]): RTCIceServer {
  return username === null || credential === null ? { urls } : { urls, username, credential };
}

/**
 * An answer that already names a candidate lets the agent's side begin its checks at once; one without any leaves it
 * to wait for its next round, a second later. The machine's own addresses are found within a few milliseconds.
 */
function firstCandidate(pc: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.clearTimeout(timer);
      pc.removeEventListener("icecandidate", done);
      resolve();
    };
    const timer = window.setTimeout(done, FIRST_CANDIDATE_MS);
    pc.addEventListener("icecandidate", done);
  });
}

async function attach(pc: RTCPeerConnection, stream: MediaStream | null): Promise<void> {
  const track = stream?.getAudioTracks()[0] ?? null;
  for (const transceiver of pc.getTransceivers()) {
    if (transceiver.receiver.track.kind !== "audio") continue;
    // Both ways even without a microphone: one that is allowed later then speaks without a new offer.
    transceiver.direction = "sendrecv";
    if (stream !== null) transceiver.sender.setStreams?.(stream);
    await transceiver.sender.replaceTrack(track);
  }
}

function stateOf(state: RTCPeerConnectionState): PathState | null {
  switch (state) {
    case "new":
    case "connecting":
      return "connecting";
    case "connected":
      return "connected";
    case "disconnected":
      return "interrupted";
    case "failed":
      return "failed";
    case "closed":
      return null;
  }
}

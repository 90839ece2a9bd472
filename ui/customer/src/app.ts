// The page's engine room: feeds what happens to the model, carries out what it decides, and keeps its wishes fulfilled.

import type { AgentId, Caller, InteractionId, Signal } from "@warmline/protocol";
import type { Address } from "./address";
import { callerOf, type Browser } from "./caller";
import { commandId } from "./link/command-id";
import { Link } from "./link/link";
import { isMicrophoneAllowed, Microphone } from "./media/microphone";
import { Peer } from "./media/peer";
import { Ring } from "./media/ring";
import { Sound } from "./media/sound";
import { keepAwake } from "./media/wake";
import { initialModel, recordingConsent, wishesOf, type Model, type Problem, type Wishes } from "./model/model";
import { lookAtPath, type Soundless } from "./model/pace";
import type { Effect, Input } from "./model/step";
import { update } from "./model/update";
import { keepDraft, recallDraft, takeDraft } from "./draft";
import { explain, probe } from "./link/probe";
import type { Visitor } from "./visitor";

/** An answer waits this long for a microphone that the browser is still asking about; later it joins by itself. */
const MICROPHONE_PATIENCE_MS = 1_500;

/** Where the page stands, by what its visitor is known again, and a problem that no retry mends. */
export interface Place {
  readonly address: Address;
  readonly visitor: Visitor;
  readonly problem: Problem | null;
}

export class App {
  readonly address: Address;
  /** False when a change of the page would lose the call. */
  readonly isKept: boolean;
  readonly sound: Sound;
  model: Model;
  readonly #link: Link;
  readonly #microphone: Microphone;
  readonly #peer: Peer;
  readonly #painted: () => void;
  readonly #ring: Ring;
  #applied: Wishes = { microphone: false, isMicrophoneOpen: false, peer: false, wakeLock: false, music: false, ring: false };
  #soundless: Soundless | null = null;
  readonly #visitor: Visitor;
  readonly #linkAddress: string;
  #explained: string | null = null;

  /** With a problem, nothing is opened. */
  constructor({ address, visitor, problem }: Place, painted: () => void, ringing: () => { title: string; body: string }) {
    this.address = address;
    this.isKept = visitor.isKept;
    this.#visitor = visitor;
    this.#painted = painted;
    this.model = initialModel(takeDraft() ?? recallDraft(address), problem);
    this.sound = new Sound((isBlocked) => this.dispatch({ type: "sound_blocked", isBlocked }));
    this.#ring = new Ring(() => this.sound.context(), ringing);
    this.#microphone = new Microphone((state) => {
      this.#useMicrophone();
      this.dispatch({ type: "microphone", state, caller: this.#caller() });
    });
    this.#peer = this.#makePeer();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#linkAddress = `${scheme}//${location.host}${address.base}/v1/link`;
    this.#link = new Link(this.#linkAddress, {
      hello: () => ({
        organisation: address.organisation,
        queue: address.queue,
        visitor: visitor.token(),
        site: visitor.site,
      }),
      frame: (frame) => {
        if (frame.type === "welcome") this.#link.settled();
        this.dispatch({ type: "frame", frame, at: Date.now() });
      },
      down: () => this.dispatch({ type: "link_down", at: Date.now() }),
    });
  }

  start(): void {
    this.#heedNeighbours();
    window.setInterval(() => this.#watchPath(), 500);
    if (this.model.problem === null) this.#link.open();
    this.#painted();
  }

  /** The page that has the call may be closed: one that was opened before it takes the call back. */
  #heedNeighbours(): void {
    const neighbours = new BroadcastChannel(`warmline.visitor.${this.address.organisation}`);
    neighbours.onmessage = () => {
      if (this.model.problem === "elsewhere") this.dispatch({ type: "retry_pressed" });
    };
    window.addEventListener("pagehide", () => {
      if (this.model.link.type === "up") neighbours.postMessage("left");
    });
  }

  /** The call button: the browser is asked first whether it will ask. */
  async call(): Promise<void> {
    const isAllowed = await isMicrophoneAllowed();
    this.dispatch({ type: "call_pressed", isAllowed, caller: this.#caller() });
  }

  /** The way back to a call that broke off. */
  async comeBack(): Promise<void> {
    const isAllowed = await isMicrophoneAllowed();
    this.dispatch({ type: "come_back_pressed", isAllowed, caller: this.#caller() });
  }

  callAnyway(): void {
    this.dispatch({ type: "call_anyway_pressed", caller: this.#caller() });
  }

  dispatch(input: Input): void {
    const { model, effects } = update(this.model, input);
    this.model = model;
    this.#fulfil(wishesOf(model));
    for (const effect of effects) this.#carryOut(effect);
    if (model.view !== null) this.#visitor.isNeeded(model.view.stage.type !== "idle");
    this.#painted();
  }

  async #probe(again: boolean): Promise<void> {
    const found = await probe(location.pathname, this.#link.attempt, again);
    const text = explain(found, this.#linkAddress);
    if (text !== null && text !== this.#explained) console.error(text);
    this.#explained = text;
    this.dispatch({ type: "probed", found });
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "name_command": {
        const id = commandId(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
        return this.dispatch({ type: "command_named", id, command: effect.command });
      }
      case "send_command":
        return this.#link.send({ type: "customer", id: effect.id, command: effect.command });
      case "send_signal":
        return this.#signalTo(effect.to, effect.interaction, effect.signal);
      case "relink":
        return this.#link.relink(effect.afterMs);
      case "unlink":
        return this.#link.close();
      case "probe":
        return void this.#probe(effect.again);
      case "keep_visitor":
        return this.#visitor.keep(effect.visitor);
      case "forget_visitor":
        return this.#visitor.forget();
      case "keep_draft":
        return keepDraft(this.address, effect.draft);
      case "ask_microphone":
        return void this.#microphone.ask();
      case "ask_notifications":
        return this.#ring.ask(this.#painted);
      case "use_ice":
        return this.#peer.useIce(effect.ice);
      case "begin_peer":
        return this.#peer.begin(effect.media, effect.sdp);
      case "renew_peer":
        // A new attempt at the same connection has its own time.
        this.#soundless = null;
        return this.#peer.renew(effect.media, effect.sdp);
      case "add_candidate":
        return this.#peer.add(effect.media, effect.candidate);
      case "end_peer":
        this.sound.hear(null);
        return this.#peer.end();
      case "play_sound":
        return this.sound.play();
    }
  }

  /** Brings devices and locks to what the model wants; each only when it changes. */
  #fulfil(wishes: Wishes): void {
    const before = this.#applied;
    this.#applied = wishes;
    this.#microphone.setOpen(wishes.isMicrophoneOpen);
    if (before.microphone && !wishes.microphone) {
      this.#microphone.release();
      this.sound.listenTo(null);
    }
    if (wishes.peer) {
      // Once the browser has answered about the microphone, candidates carry real addresses.
      if (this.#microphone.stream !== null) this.#peer.prepare();
    } else if (before.peer) {
      this.#peer.close();
      this.sound.hear(null);
    }
    if (wishes.wakeLock !== before.wakeLock) keepAwake(wishes.wakeLock);
    if (wishes.ring !== before.ring) this.#ring.set(wishes.ring);
    if (wishes.music !== before.music) this.sound.setMusic(wishes.music);
  }

  #makePeer(): Peer {
    return new Peer({
      answer: (media, sdp) => this.#signal({ type: "answer", media, sdp }),
      candidate: (media, candidate) =>
        this.#signal({
          type: "candidate",
          media,
          candidate: candidate?.candidate ?? "",
          sdp_mid: candidate?.sdpMid ?? null,
          sdp_m_line_index: candidate?.sdpMLineIndex ?? null,
        }),
      state: (media, state) => this.dispatch({ type: "path", media, state }),
      track: (stream) => this.sound.hear(stream),
      quality: (quality) => this.dispatch({ type: "quality", quality }),
      microphone: async () => {
        await Promise.race([this.#microphone.answered(), pause(MICROPHONE_PATIENCE_MS)]);
        return this.#microphone.stream;
      },
    });
  }

  #signal(signal: Signal): void {
    const { path } = this.model;
    if (path.type === "live") this.#signalTo(path.agent, path.interaction, signal);
  }

  #signalTo(agent: AgentId, interaction: InteractionId, signal: Signal): void {
    this.#link.send({ type: "signal", interaction, to: { type: "agent", agent }, signal });
  }

  #useMicrophone(): void {
    const { stream } = this.#microphone;
    this.sound.listenTo(stream);
    this.#peer.setMicrophone(stream);
  }

  #watchPath(): void {
    const { view, link, path } = this.model;
    const isTalking = view?.stage.type === "talking" && link.type === "up";
    const isHeard = path.type === "live" && path.state === "connected";
    if (!isTalking || isHeard) {
      this.#soundless = null;
      return;
    }
    const { next, isOverdue } = lookAtPath(this.#soundless, path.type === "live" ? path.media : null, Date.now());
    this.#soundless = next;
    if (isOverdue) this.dispatch({ type: "path_overdue" });
  }

  #caller(): Caller {
    const place = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return callerOf(this.model.draft, navigator as Browser, place, this.address.page, recordingConsent(this.model));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    window.setTimeout(resolve, ms);
  });
}

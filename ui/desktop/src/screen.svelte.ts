// The reactive heart: holds the model, folds the native side's events into it, forwards intents. Features use nothing else.
import type {
  AgentView, ChosenState, DesktopCommand, DesktopError, DesktopEvent, DesktopReply, InteractionId, Settings, WorkItem,
} from "@warmline/protocol";
import { getContext, setContext } from "svelte";
import { Administration } from "./administration.svelte";
import { Imports } from "./imports.svelte";
import { asReason, type Bridge } from "./bridge/bridge";
import { consequences, type Ending } from "./model/ending";
import { errorWords, takenBy, type Words } from "./model/words";
import { NoteDraft, type NoteStatus } from "./model/note";
import { initialModel, itemInFocus, reduce, ringingItem, withoutNotice, withSnapshot, type ScreenModel, type ScreenPlace } from "./model/screen-model";

export type Outcome<Reply> = { ok: true; reply: Reply } | { ok: false; error: DesktopError };

/** A refusal of something done here, as a sentence; shown beside the native side's notices. */
export type Complaint = { id: number; words: Words };

const CONTEXT = Symbol("screen");
const TICK_MS = 250;

export class Screen {
  model = $state.raw<ScreenModel>(initialModel);
  levels = $state.raw({ microphone: 0, speaker: 0 });
  complaints = $state.raw<readonly Complaint[]>([]);
  /** This machine's clock; everything that counts uses {@link serverNow}. */
  now = $state(Date.now());
  isSideOpen = $state(false);
  isPaletteOpen = $state(false);
  isSettingsOpen = $state(false);
  isTransferOpen = $state(false);
  startError = $state.raw<DesktopError | null>(null);
  /** What waits for a word on settings that were changed and not saved. */
  leaving = $state.raw<{ run: () => void; canKeep: boolean } | null>(null);
  /** A sign-out or the program's end that waits for a word. */
  ending = $state.raw<Ending | null>(null);
  readonly administration = new Administration((command) => this.ask(command));
  readonly imports = new Imports((command) => this.ask(command));

  desktop = $derived(this.model.desktop);
  agent = $derived<AgentView | null>(this.desktop?.agent ?? null);
  place = $derived(this.model.place);
  serverNow = $derived(this.now + (this.desktop?.clock_offset_ms ?? 0));
  isLinkUp = $derived(this.desktop?.link.type === "up");
  item = $derived<WorkItem | null>(itemInFocus(this.agent?.work ?? []));
  ringing = $derived(ringingItem(this.agent?.work ?? []));
  call = $derived(this.desktop?.call ?? null);
  /** In a conversation of one's own, with nobody asked about it yet. */
  canPassOn = $derived(this.item?.consult === null && (this.item.stage.type === "talking" || this.item.stage.type === "held"));
  /** Answered or declined on this screen, so that nobody needs to be told where it went. */
  #decided = new Set<InteractionId>();
  #drafts = new Map<InteractionId, NoteDraft>();
  #draftTurn = $state(0);

  constructor(private readonly bridge: Bridge) {}

  /** Listens, takes the snapshot and lets time run; returns how to stop. */
  async start(): Promise<() => void> {
    const unlisten = await this.#listen();
    const reply = await this.ask({ type: "snapshot" });
    if (reply.ok && reply.reply.type === "snapshot") {
      this.model = withSnapshot(this.model, reply.reply.state);
      this.#keepDrafts(this.agent?.work ?? []);
    } else if (!reply.ok) this.startError = reply.error;
    const ticking = setInterval(() => (this.now = Date.now()), TICK_MS);
    return () => {
      clearInterval(ticking);
      unlisten();
    };
  }

  /** Events first, the snapshot after: nothing that happens in between can be missed. */
  async #listen(): Promise<() => void> {
    const heard = (event: DesktopEvent) => {
      if (event.type === "ending") {
        // A countdown must not begin with more than is left: the last tick may be a while ago.
        this.now = Date.now();
        this.ending = { by: "quit", deadline: event.deadline };
      }
      else if (event.type === "levels") this.levels = { microphone: event.microphone, speaker: event.speaker };
      else {
        const rang = this.ringing;
        this.model = reduce(this.model, event, Date.now());
        if (event.type === "session" && event.session.type === "signed_out") {
          this.administration.forget();
          this.imports.forget();
        }
        if (event.type !== "agent") return;
        this.#keepDrafts(event.agent?.work ?? []);
        if (rang !== null && event.agent !== null && !event.agent.work.some((item) => item.interaction === rang.interaction)) void this.#tellWhoTook(rang);
      }
    };
    try {
      return await this.bridge.listen(heard);
    } catch (thrown) {
      this.startError = asReason(thrown);
      return () => undefined;
    }
  }

  /** Rung together with others, and somebody was faster: a quiet word, so that the ring did not just vanish. */
  async #tellWhoTook(rang: WorkItem): Promise<void> {
    if (this.#decided.delete(rang.interaction) || rang.consult !== null) return;
    const outcome = await this.ask({ type: "interaction", interaction: rang.interaction });
    if (!outcome.ok || outcome.reply.type !== "interaction") return;
    const agent = takenBy(outcome.reply.detail.happened, rang.stage.since, this.agent?.me.name ?? "");
    if (agent !== null) this.complain({ key: "notice.taken", params: { name: rang.customer.customer.name, agent } });
  }

  /** For questions whose refusal the asker shows in its own place. */
  async ask(command: DesktopCommand): Promise<Outcome<DesktopReply>> {
    try {
      return { ok: true, reply: await this.bridge.dispatch(command) };
    } catch (thrown) {
      return { ok: false, error: asReason(thrown) };
    }
  }

  /** For deeds: a refusal becomes a notice. True when it was done. */
  async send(command: DesktopCommand): Promise<boolean> {
    const outcome = await this.ask(command);
    if (!outcome.ok) this.complain(errorWords(outcome.error));
    return outcome.ok;
  }

  complain(words: Words): void {
    const id = (this.complaints.at(-1)?.id ?? 0) + 1;
    this.complaints = [...this.complaints.filter((shown) => shown.words.key !== words.key), { id, words }].slice(-3);
  }

  forget(complaint: number): void {
    this.complaints = this.complaints.filter(({ id }) => id !== complaint);
  }

  dismiss(notice: number): void {
    this.model = withoutNotice(this.model, notice);
  }

  go(place: ScreenPlace): void {
    const isLeaving = this.place.type === "administration" && place.type !== "administration";
    if (isLeaving && this.administration.changes > 0) this.leaving = { run: () => this.#goTo(place), canKeep: true };
    else this.#goTo(place);
  }

  #goTo(place: ScreenPlace): void {
    this.model = { ...this.model, place };
    this.isSideOpen = false;
  }

  signOut(): void {
    const signOut = () => void this.#askToSignOut();
    if (this.administration.changes > 0) this.leaving = { run: signOut, canKeep: false };
    else signOut();
  }

  /** What is being written is sent first; what would be lost is asked about. */
  async #askToSignOut(): Promise<void> {
    await Promise.all([...this.#drafts.values()].map((draft) => draft.flush()));
    if (this.desktop === null) return;
    if (consequences("sign_out", this.desktop).length > 0) this.ending = { by: "sign_out", deadline: null };
    else await this.send({ type: "sign_out" });
  }

  /** Yes to the question that stands. */
  end(): void {
    const ending = this.ending;
    this.ending = null;
    if (ending?.by === "sign_out") void this.send({ type: "sign_out" });
    if (ending?.by === "quit") void this.#quit();
  }

  async #quit(): Promise<void> {
    await Promise.all([...this.#drafts.values()].map((draft) => draft.flush()));
    await this.send({ type: "quit" });
  }

  /** No to it. */
  stay(): void {
    const ending = this.ending;
    this.ending = null;
    if (ending?.by === "quit") void this.send({ type: "stay" });
  }

  chooseState(state: ChosenState): void {
    void this.send({ type: "choose_state", state });
  }

  reserveNext(state: ChosenState | null): void {
    void this.send({ type: "reserve_next_state", state });
  }

  accept(): void {
    const ringing = this.ringing;
    if (ringing === null) return;
    this.#decided.add(ringing.interaction);
    // A customer waits: what is not saved stays where it is, and nothing is asked.
    this.#goTo({ type: "work" });
    void this.send({ type: "accept", interaction: ringing.interaction });
  }

  decline(): void {
    const ringing = this.ringing;
    if (ringing === null) return;
    this.#decided.add(ringing.interaction);
    void this.send({ type: "decline", interaction: ringing.interaction });
  }

  toggleMute(): void {
    if (this.call !== null) void this.send({ type: "set_muted", is_muted: !this.call.is_muted });
  }

  toggleHold(): void {
    const item = this.item;
    if (item?.consult !== null) return;
    if (item.stage.type === "talking") void this.send({ type: "hold", interaction: item.interaction });
    if (item.stage.type === "held") void this.send({ type: "resume", interaction: item.interaction });
  }

  openTransfer(): void {
    if (this.canPassOn) this.isTransferOpen = true;
  }

  toggleRecording(): void {
    const call = this.call;
    if (call === null || call.recording === null) return;
    const type = call.recording === "running" ? "pause_recording" : "resume_recording";
    void this.send({ type, interaction: call.interaction });
  }

  hangUp(): void {
    const item = this.item;
    if (item?.stage.type === "talking" || item?.stage.type === "held" || item?.stage.type === "calling_back") {
      void this.send({ type: "hang_up", interaction: item.interaction });
    }
  }

  saveSettings(change: Partial<Settings>): void {
    if (this.desktop !== null) void this.send({ type: "save_settings", settings: { ...this.desktop.settings, ...change } });
  }

  /** A draft as it stands; a component that reads it follows its changes. */
  reading(draft: NoteDraft): { text: string; status: NoteStatus } {
    void this.#draftTurn;
    return { text: draft.text, status: draft.status };
  }

  /** The note of a work item: one draft for as long as the item is on the list. */
  draft(item: WorkItem): NoteDraft {
    const known = this.#drafts.get(item.interaction);
    if (known !== undefined) return known;
    const draft = new NoteDraft(item.interaction, item.note, {
      save: async (interaction, text) => (await this.ask({ type: "save_note", interaction, text })).ok,
      later: (ms, run) => {
        const timeout = setTimeout(run, ms);
        return () => clearTimeout(timeout);
      },
      changed: () => (this.#draftTurn += 1),
    });
    this.#drafts.set(item.interaction, draft);
    return draft;
  }

  /** Items that left send what is unsent; items that stay take what the server has. */
  #keepDrafts(work: readonly WorkItem[]): void {
    for (const item of work) this.#drafts.get(item.interaction)?.adopt(item.note);
    for (const [interaction, draft] of this.#drafts) {
      if (work.some((item) => item.interaction === interaction)) continue;
      this.#drafts.delete(interaction);
      void draft.flush();
    }
  }
}

export function provideScreen(screen: Screen): void {
  setContext(CONTEXT, screen);
}

export function useScreen(): Screen {
  return getContext<Screen>(CONTEXT);
}

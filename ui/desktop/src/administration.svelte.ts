// The organisation's settings while somebody changes them: what was read, the draft over it, and what the server says of it.
import type { ConfigurationState, DesktopCommand, DesktopError, DesktopReply, Finding } from "@warmline/protocol";
import {
  applied, changeOf, changesIn, codeOf, EMPTY_DRAFT, isNewKey, newKey, put, putRules, rebased, remove, revert, rowsOf, withoutTraces,
  type Draft, type Kind, type Row, type Things,
} from "./model/administration/draft";
import { allPlaced, localFindings, nameOf, worst, type PlacedFinding } from "./model/administration/findings";
import { fresh } from "./model/administration/fresh";
import { errorWords, type Words } from "./model/words";

export const SECTIONS = ["queues", "people", "skills", "sites", "schedules", "rules", "imports", "history"] as const;
export type Section = (typeof SECTIONS)[number];

type Outcome = { ok: true; reply: DesktopReply } | { ok: false; error: DesktopError };
type Ask = (command: DesktopCommand) => Promise<Outcome>;

/** Typing pauses this long before the draft is checked. */
const CHECK_PAUSE_MS = 350;
const NOTHING_CHOSEN: Record<Kind, string | null> = { queues: null, people: null, skills: null, sites: null, schedules: null };

export class Administration {
  state = $state.raw<ConfigurationState | null>(null);
  draft = $state.raw<Draft>(EMPTY_DRAFT);
  section = $state<Section>("queues");
  chosen = $state.raw(NOTHING_CHOSEN);
  /** Why the settings could not be read. */
  loadError = $state.raw<Words | null>(null);
  /** Why the draft was not saved. */
  saveError = $state.raw<Words | null>(null);
  /** What went well, or what somebody should know. */
  news = $state.raw<Words | null>(null);
  isLoading = $state(false);
  isSaving = $state(false);
  isChecking = $state(false);
  zones = $state.raw<readonly string[]>([]);
  #checked = $state.raw<readonly Finding[] | null>(null);
  #turn = 0;
  #added = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  base = $derived(this.state?.configuration ?? null);
  changes = $derived(changesIn(this.draft));
  /** The settings as they would be. */
  after = $derived(this.base === null ? null : applied(this.base, this.draft));
  findings = $derived.by((): PlacedFinding[] => {
    if (this.base === null || this.state === null) return [];
    const told = this.changes === 0 ? this.state.findings : this.#checked ?? this.state.findings;
    return allPlaced([...localFindings(this.base, this.draft), ...told], this.base, this.draft);
  });
  hasFaults = $derived(worst(this.findings) === "fault");

  constructor(private readonly ask: Ask) {}

  /** Reads the settings; a draft stays over what it was made from until it is saved. */
  async load(): Promise<void> {
    if (this.isLoading || (this.state !== null && this.changes > 0)) return;
    this.isLoading = true;
    const outcome = await this.ask({ type: "configuration" });
    this.isLoading = false;
    this.loadError = outcome.ok ? null : errorWords(outcome.error);
    if (outcome.ok && outcome.reply.type === "configuration") this.state = outcome.reply.state;
    if (this.zones.length > 0) return;
    const zones = await this.ask({ type: "zones" });
    if (zones.ok && zones.reply.type === "zones") this.zones = zones.reply.zones;
  }

  rows<K extends Kind>(kind: K): Row<K>[] {
    return this.base === null ? [] : rowsOf(this.base, this.draft, kind);
  }

  at(kind: Kind, key: string): PlacedFinding[] {
    return this.findings.filter(({ place }) => place.kind === kind && place.key === key);
  }

  choose(kind: Kind, key: string | null): void {
    this.chosen = { ...this.chosen, [kind]: key };
  }

  /** Goes where a thing is. */
  show(kind: Kind, key: string): void {
    this.section = kind;
    this.choose(kind, key);
  }

  add(kind: Kind): void {
    if (this.base === null) return;
    const key = newKey((this.#added += 1));
    this.#edit(put(this.base, this.draft, kind, key, fresh(kind, this.after?.rules.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)));
    this.choose(kind, key);
  }

  put<K extends Kind>(kind: K, key: string, item: Things[K]): void {
    if (this.base !== null) this.#edit(put(this.base, this.draft, kind, key, item));
  }

  putRules(rules: NonNullable<Draft["rules"]>): void {
    if (this.base !== null) this.#edit(putRules(this.base, this.draft, rules));
  }

  remove(kind: Kind, key: string): void {
    if (this.base === null) return;
    const isTraced = (kind === "skills" || kind === "sites") && !isNewKey(key);
    this.#edit(remove(isTraced ? withoutTraces(this.base, this.draft, kind, key) : this.draft, kind, key));
    if (isNewKey(key)) this.choose(kind, null);
  }

  revert(kind: Kind, key: string): void {
    this.#edit(revert(this.draft, kind, key));
    if (isNewKey(key)) this.choose(kind, null);
  }

  discard(): void {
    for (const [kind, key] of Object.entries(this.chosen) as Array<[Kind, string | null]>) {
      if (key !== null && isNewKey(key)) this.choose(kind, null);
    }
    this.#edit(EMPTY_DRAFT);
  }

  /** Signed out: nothing of an organisation stays. */
  forget(): void {
    this.discard();
    [this.state, this.chosen, this.section, this.news, this.loadError] = [null, NOTHING_CHOSEN, "queues", null, null];
  }

  #edit(draft: Draft): void {
    this.draft = draft;
    [this.saveError, this.news] = [null, null];
    this.#turn += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.changes === 0) [this.#checked, this.isChecking] = [null, false];
    else this.#timer = setTimeout(() => void this.#check(), CHECK_PAUSE_MS);
  }

  /** New things without a fit code are left out: what is wrong with them is known here. */
  async #check(): Promise<void> {
    const mine = this.#turn;
    if (this.base === null) return;
    const unfit = new Set(localFindings(this.base, this.draft).map(({ subject }) => subject));
    const fit = [...unfit].reduce((draft, key) => (["queues", "people", "skills", "sites", "schedules"] as const).reduce((next, kind) => revert(next, kind, key), draft), this.draft);
    this.isChecking = true;
    const outcome = await this.ask({ type: "check_configuration", change: changeOf(fit) });
    if (mine !== this.#turn) return;
    this.isChecking = false;
    if (outcome.ok && outcome.reply.type === "findings") this.#checked = outcome.reply.findings;
  }

  async save(): Promise<void> {
    if (this.state === null || this.changes === 0 || this.isSaving || this.hasFaults) return;
    this.isSaving = true;
    [this.saveError, this.news] = [null, null];
    const outcome = await this.ask({ type: "change_configuration", patch: { if_revision: this.state.revision, change: changeOf(this.draft) } });
    if (outcome.ok && outcome.reply.type === "configuration") this.#saved(outcome.reply.state);
    else if (!outcome.ok) await this.#refused(outcome.error);
    this.isSaving = false;
  }

  #saved(state: ConfigurationState): void {
    const chosen = { ...this.chosen };
    for (const [kind, key] of Object.entries(this.chosen) as Array<[Kind, string | null]>) {
      const item = key === null ? undefined : this.draft[kind].get(key);
      // What was new has a code of its own now; what is gone is shown no more.
      if (item === null) chosen[kind] = null;
      else if (item !== undefined) chosen[kind] = codeOf(item);
    }
    this.#edit(EMPTY_DRAFT);
    [this.state, this.chosen, this.news] = [state, chosen, { key: "admin.saved" }];
  }

  async #refused(error: DesktopError): Promise<void> {
    if (error.type === "contradiction") {
      this.#checked = error.findings;
      this.saveError = { key: "code.bad_configuration" };
    } else if (error.type === "refused" && error.code === "changed_meanwhile") await this.#overTheirs();
    else this.saveError = errorWords(error);
  }

  /** Somebody else was faster: the draft is laid over what is there now, and looked at before it is saved again. */
  async #overTheirs(): Promise<void> {
    const outcome = await this.ask({ type: "configuration" });
    if (!outcome.ok) this.saveError = errorWords(outcome.error);
    else if (outcome.reply.type === "configuration") this.#take(outcome.reply.state);
  }

  #take(state: ConfigurationState): void {
    const was = this.base;
    const next = was === null ? { draft: this.draft, both: [] } : rebased(was, state.configuration, this.draft);
    const had = this.changes;
    this.state = state;
    this.#edit(next.draft);
    if (had > 0) this.news = next.both.length === 0 ? { key: "admin.merged" } : { key: "admin.merged.both", params: { what: next.both.map((code) => nameOf(code, state.configuration, "en")).join(", ") } };
  }

  /** Takes a past change back; why not, when it was refused. */
  async undo(revision: number): Promise<DesktopError | null> {
    const outcome = await this.ask({ type: "undo_configuration", revision });
    if (!outcome.ok) return outcome.error;
    if (outcome.reply.type === "configuration") this.#take(outcome.reply.state);
    this.news ??= { key: "past.undone", params: { n: revision } };
    return null;
  }
}

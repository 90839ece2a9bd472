// The scripted server's settings: read, checked, changed and taken back, as an administrator would see it.
import type { Change, Configuration, ConfigurationChange, ConfigurationState, DesktopCommand, DesktopReply, Edit } from "@warmline/protocol";
import { Refused } from "../bridge";
import { findingsOf } from "./check";
import { changesUpTo, CONFIGURATION, ZONES } from "./settings";

const PAGE = 5;

function merged<Item>(all: readonly Item[], changed: readonly Item[], gone: readonly string[], codeOf: (item: Item) => string): Item[] {
  const kept = all.filter((item) => !gone.includes(codeOf(item))).map((item) => changed.find((one) => codeOf(one) === codeOf(item)) ?? item);
  return [...kept, ...changed.filter((one) => !all.some((item) => codeOf(item) === codeOf(one)))];
}

const code = (item: { code: string }) => item.code;
const user = (item: { user: string }) => item.user;

function changed(was: Configuration, change: Change): Configuration {
  return {
    queues: merged(was.queues, change.queues, change.queues_gone, code), skills: merged(was.skills, change.skills, change.skills_gone, code),
    sites: merged(was.sites, change.sites, change.sites_gone, code), schedules: merged(was.schedules, change.schedules, change.schedules_gone, code),
    people: merged(was.people, change.people, change.people_gone, user), rules: change.rules ?? was.rules,
  };
}

function edits<Item>(was: readonly Item[], is: readonly Item[], codeOf: (item: Item) => string): Edit<Item>[] {
  const before = (item: Item) => was.find((one) => codeOf(one) === codeOf(item)) ?? null;
  const there = is.map((after) => ({ before: before(after), after })).filter(({ before: old, after }) => JSON.stringify(old) !== JSON.stringify(after));
  return [...there, ...was.filter((item) => !is.some((one) => codeOf(one) === codeOf(item))).map((item) => ({ before: item, after: null }))];
}

/** The settings with one past change taken back. */
function takenBack(was: Configuration, change: ConfigurationChange): Configuration {
  const back = <Item>(all: readonly Item[], list: readonly Edit<Item>[], codeOf: (item: Item) => string) => list.reduce<Item[]>((items, { before, after }) => {
    if (before === null) return items.filter((item) => after === null || codeOf(item) !== codeOf(after));
    return merged(items, [before], [], codeOf);
  }, [...all]);
  return {
    queues: back(was.queues, change.queues, code), skills: back(was.skills, change.skills, code), sites: back(was.sites, change.sites, code),
    schedules: back(was.schedules, change.schedules, code), people: back(was.people, change.people, user), rules: change.rules?.before ?? was.rules,
  };
}

export class FakeAdministration {
  configuration: Configuration = CONFIGURATION;
  #changes: ConfigurationChange[];

  constructor(private readonly now: () => number) {
    this.#changes = changesUpTo(now());
  }

  get revision(): number {
    return this.#changes[0]?.revision ?? 0;
  }

  /** Somebody else changes something, as from another desktop. */
  elsewhere(by: string, change: (was: Configuration) => Configuration): void {
    this.#keep(by, change(this.configuration), null);
  }

  answer(command: DesktopCommand): DesktopReply | null {
    if (command.type === "configuration") return { type: "configuration", state: this.#state() };
    if (command.type === "check_configuration") return { type: "findings", findings: findingsOf(changed(this.configuration, command.change)) };
    if (command.type === "change_configuration") return this.#change(changed(this.configuration, command.patch.change), command.patch.if_revision);
    if (command.type === "undo_configuration") return this.#undo(command.revision);
    if (command.type === "zones") return { type: "zones", zones: ZONES };
    if (command.type === "configuration_changes") {
      const older = this.#changes.filter(({ revision }) => command.before === null || revision < command.before);
      return { type: "configuration_changes", page: { changes: older.slice(0, PAGE), has_more: older.length > PAGE } };
    }
    if (command.type === "set_password") return acceptable(command.password);
    if (command.type === "change_password") {
      if (command.old !== "warmline-demo") throw new Refused({ type: "refused", code: "wrong_password", hint: "" });
      return acceptable(command.new);
    }
    return null;
  }

  #state(): ConfigurationState {
    return { revision: this.revision, configuration: this.configuration, findings: findingsOf(this.configuration) };
  }

  #change(next: Configuration, ifRevision: number | null): DesktopReply {
    if (ifRevision !== null && ifRevision !== this.revision) throw new Refused({ type: "refused", code: "changed_meanwhile", hint: "" });
    const findings = findingsOf(next);
    if (findings.some(({ severity }) => severity === "fault")) throw new Refused({ type: "contradiction", findings });
    this.#keep("anna", next, null);
    return { type: "configuration", state: this.#state() };
  }

  #undo(revision: number): DesktopReply {
    const change = this.#changes.find((one) => one.revision === revision);
    if (change === undefined) throw new Refused({ type: "refused", code: "unknown_change", hint: "" });
    const touched = JSON.stringify([change.queues, change.people].flatMap((list) => list.map(({ after }) => after)));
    const now = JSON.stringify([change.queues.map(({ after }) => this.configuration.queues.find((one) => one.code === after?.code)), change.people.map(({ after }) => this.configuration.people.find((one) => one.user === after?.user))].flat());
    if (touched !== now) throw new Refused({ type: "refused", code: "changed_meanwhile", hint: "" });
    this.#keep("anna", takenBack(this.configuration, change), revision);
    return { type: "configuration", state: this.#state() };
  }

  #keep(by: string, next: Configuration, undoes: number | null): void {
    const was = this.configuration;
    this.#changes = [{
      revision: this.revision + 1, at: this.now(), by, undoes, queues: edits(was.queues, next.queues, code), skills: edits(was.skills, next.skills, code),
      sites: edits(was.sites, next.sites, code), schedules: edits(was.schedules, next.schedules, code), people: edits(was.people, next.people, user),
      rules: JSON.stringify(was.rules) === JSON.stringify(next.rules) ? null : { before: was.rules, after: next.rules },
    }, ...this.#changes];
    this.configuration = next;
  }
}

/** A little of the server's judgement: short ones and the commonest are too easily guessed. */
function acceptable(password: string): DesktopReply {
  if (password.length < 8 || /^(password|12345678|warmline)/.test(password)) throw new Refused({ type: "refused", code: "weak_password", hint: "" });
  return { type: "done" };
}

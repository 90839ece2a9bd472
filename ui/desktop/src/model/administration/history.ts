// What a past change changed, field by field, in a form that screens put into words.
import type { ConfigurationChange, Edit, PersonSettings, QueueSettings, RingSettings, Rules, ScheduleSettings } from "@warmline/protocol";
import type { Key } from "../../i18n";
import { codeOf, isSame, KINDS, type Kind, type Things } from "./draft";

/** A value before it is put into words. */
export type Value =
  | { readonly type: "none" }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "code"; readonly code: string }
  | { readonly type: "language"; readonly tag: string }
  | { readonly type: "ms"; readonly ms: number }
  | { readonly type: "word"; readonly key: Key }
  | { readonly type: "ring"; readonly ring: RingSettings };

/** One field: what it was and what it became; of lists only what came and what went. */
export type Line = { readonly field: Key; readonly isList: boolean; readonly was: readonly Value[]; readonly is: readonly Value[] };
export type EditTold = { readonly kind: Kind | "rules"; readonly name: string; readonly what: "added" | "removed" | "changed"; readonly lines: readonly Line[] };

const none: Value = { type: "none" };
const text = (value: string | number | null): Value => (value === null || value === "" ? none : { type: "text", text: String(value) });
/** Begins with a code, or is one; screens know it by its name. */
const code = (value: string | null): Value => (value === null ? none : { type: "code", code: value });
const ms = (value: number): Value => ({ type: "ms", ms: value });
const flag = (is: boolean): Value => ({ type: "word", key: is ? "yes" : "no" });
type Tell<Item> = { [Field in keyof Item]: { label: Key; values: (value: Item[Field]) => Value[] } };

const QUEUE: Tell<Omit<QueueSettings, "code">> = {
  name: { label: "admin.name", values: (it) => [text(it)] }, priority: { label: "queue.priority", values: (it) => [text(it)] },
  vip_steps: { label: "queue.vip_steps", values: (it) => [text(it)] }, ring_ms: { label: "queue.ring_ms", values: (it) => [ms(it)] },
  wrap_up_ms: { label: "queue.wrap_up_ms", values: (it) => [ms(it)] }, max_waiting: { label: "queue.max_waiting", values: (it) => [text(it)] },
  is_closed: { label: "queue.is_closed", values: (it) => [flag(it)] }, opening: { label: "queue.opening", values: (it) => [text(it)] },
  callback_keeps_ms: { label: "queue.callback_keeps_ms", values: (it) => [ms(it)] }, recording: { label: "queue.recording", values: (it) => [flag(it === "ask")] },
  strategy: { label: "queue.strategy", values: (it) => [{ type: "word", key: `strategy.${it}` }] }, weight: { label: "queue.weight", values: (it) => [text(it)] },
  is_interruptible: { label: "queue.is_interruptible", values: (it) => [flag(it)] },
  rings: { label: "queue.rings", values: (it) => it.map((ring): Value => ({ type: "ring", ring })) },
  last_agent_ms: { label: "queue.last_agent_ms", values: (it) => [ms(it)] }, schedule: { label: "queue.schedule", values: (it) => [code(it)] },
  closing_grace_ms: { label: "queue.closing_grace_ms", values: (it) => [ms(it)] }, when_closed: { label: "queue.when_closed", values: (it) => [code(it)] },
  when_full: { label: "queue.when_full", values: (it) => [code(it)] },
  overflow: { label: "queue.overflow", values: (it) => (it === null ? [none] : [ms(it.after_ms), code(it.to)]) },
  answer_within_ms: { label: "queue.answer_within_ms", values: (it) => [ms(it)] }, short_abandon_ms: { label: "queue.short_abandon_ms", values: (it) => [ms(it)] },
  country: { label: "rules.country", values: (it) => [text(it)] },
};
const PERSON: Tell<Omit<PersonSettings, "user">> = {
  name: { label: "admin.name", values: (it) => [text(it)] }, role: { label: "person.role", values: (it) => [{ type: "word", key: `role.${it}` }] },
  queues: { label: "person.queues", values: (it) => it.map(code) }, skills: { label: "person.skills", values: (it) => it.map(({ skill, level }) => code(`${skill} ${level}`)) },
  languages: { label: "person.languages", values: (it) => it.map((tag): Value => ({ type: "language", tag })) }, site: { label: "person.site", values: (it) => [code(it)] },
  capacity: { label: "person.capacity", values: (it) => [text(it)] },
};
const NAMED: Tell<{ name: string }> = { name: { label: "admin.name", values: (it) => [text(it)] } };
const SCHEDULE: Tell<Omit<ScheduleSettings, "code">> = {
  name: { label: "admin.name", values: (it) => [text(it)] }, zone: { label: "hours.zone", values: (it) => [text(it)] },
  weekly: { label: "hours.weekly", values: (it) => it.map(({ day, from, to }) => code(`${day} ${from}–${to}`)) },
  holidays: { label: "hours.holidays", values: (it) => it.map(({ date, name, openings }) => text([date, name, ...openings.map(({ from, to }) => `${from}–${to}`)].join(" "))) },
};
const RULES: Tell<Rules> = {
  agent_grace_ms: { label: "rules.agent_grace_ms", values: (it) => [ms(it)] }, customer_grace_ms: { label: "rules.customer_grace_ms", values: (it) => [ms(it)] },
  callback_ring_ms: { label: "rules.callback_ring_ms", values: (it) => [ms(it)] }, callback_rest_ms: { label: "rules.callback_rest_ms", values: (it) => [ms(it)] },
  callback_tries: { label: "rules.callback_tries", values: (it) => [text(it)] }, reject_limit: { label: "rules.reject_limit", values: (it) => [text(it)] },
  zone: { label: "hours.zone", values: (it) => [text(it)] }, country: { label: "rules.country", values: (it) => [text(it)] },
  looks_per_hour: { label: "rules.looks_per_hour", values: (it) => [text(`${it.agent} · ${it.expert} · ${it.supervisor} · ${it.admin}`)] },
};

const without = (all: readonly Value[], others: readonly Value[]) => all.filter((one) => !others.some((other) => isSame(one, other)));

function lines<Item extends object>(tell: Tell<Item>, before: Item, after: Item): Line[] {
  return (Object.keys(tell) as Array<keyof Item>).flatMap((field): Line[] => {
    if (isSame(before[field], after[field])) return [];
    const { label, values } = tell[field];
    const [was, is] = [values(before[field]), values(after[field])];
    // Of lists what stayed is left out, unless only the order changed.
    const isList = Array.isArray(before[field]);
    const [gone, came] = isList ? [without(was, is), without(is, was)] : [was, is];
    return [gone.length + came.length === 0 ? { field: label, isList: false, was, is } : { field: label, isList, was: gone, is: came }];
  });
}

function told<K extends Kind>(kind: K, { before, after }: Edit<Things[K]>, tell: (before: Things[K], after: Things[K]) => Line[]): EditTold | null {
  if (before !== null && after !== null) return { kind, name: after.name, what: "changed", lines: tell(before, after) };
  if (after !== null) return { kind, name: after.name, what: "added", lines: [] };
  return before === null ? null : { kind, name: before.name, what: "removed", lines: [] };
}

/** Everything that one change changed, in the order of the sections. */
export function editsOf(change: ConfigurationChange): EditTold[] {
  const { rules } = change;
  return [
    ...change.queues.map((edit) => told("queues", edit, (was, is) => lines(QUEUE, was, is))),
    ...change.people.map((edit) => told("people", edit, (was, is) => lines(PERSON, was, is))),
    ...change.skills.map((edit) => told("skills", edit, (was, is) => lines(NAMED, was, is))),
    ...change.sites.map((edit) => told("sites", edit, (was, is) => lines(NAMED, was, is))),
    ...change.schedules.map((edit) => told("schedules", edit, (was, is) => lines(SCHEDULE, was, is))),
    rules === null || rules.before === null || rules.after === null ? null : { kind: "rules" as const, name: "", what: "changed" as const, lines: lines(RULES, rules.before, rules.after) },
  ].filter((edit) => edit !== null);
}

function touched(change: ConfigurationChange): string[] {
  const things = KINDS.flatMap((kind) => change[kind].map(({ before, after }) => {
    const item = after ?? before;
    return item === null ? "" : `${kind} ${codeOf(item)}`;
  }));
  return change.rules === null ? things : [...things, "rules"];
}

/** The first later change of the same things, because of which one cannot be taken back. */
export function changedSince(changes: readonly ConfigurationChange[], revision: number): ConfigurationChange | null {
  const undone = changes.find((change) => change.revision === revision);
  if (undone === undefined) return null;
  const things = touched(undone);
  const later = changes.filter((change) => change.revision > revision && touched(change).some((thing) => things.includes(thing)));
  return later.at(-1) ?? null;
}

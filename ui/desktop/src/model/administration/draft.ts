// A draft of the organisation's settings: what somebody changed and did not save yet, over the settings as they were read.
import type { Change, Configuration, Named, PersonSettings, QueueSettings, Rules, ScheduleSettings } from "@warmline/protocol";

export type Things = { queues: QueueSettings; people: PersonSettings; skills: Named; sites: Named; schedules: ScheduleSettings };
export type Kind = keyof Things;

export const KINDS: readonly Kind[] = ["queues", "people", "skills", "sites", "schedules"];

/** By key: as it shall be, or `null` for what shall be gone. A thing that exists has its code as its key, a new one a key of its own. */
export type Draft = { readonly [K in Kind]: ReadonlyMap<string, Things[K] | null> } & { readonly rules: Rules | null };

export type Mark = "same" | "changed" | "new" | "gone";
export type Row<K extends Kind> = { readonly key: string; readonly item: Things[K]; readonly mark: Mark };

export const EMPTY_DRAFT: Draft = { queues: new Map(), people: new Map(), skills: new Map(), sites: new Map(), schedules: new Map(), rules: null };

const NEW = "new ";

export function newKey(turn: number): string {
  return `${NEW}${turn}`;
}

export function isNewKey(key: string): boolean {
  return key.startsWith(NEW);
}

export function codeOf(item: Things[Kind]): string {
  return "user" in item ? item.user : item.code;
}

/** Equal as documents: the same fields with the same values. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function found<K extends Kind>(base: Configuration, kind: K, code: string): Things[K] | undefined {
  const all: readonly Things[K][] = base[kind] as Things[Kind][] as Things[K][];
  return all.find((item) => codeOf(item) === code);
}

/** What was changed back to what it was is no change. */
export function put<K extends Kind>(base: Configuration, draft: Draft, kind: K, key: string, item: Things[K]): Draft {
  const next = new Map<string, Things[K] | null>(draft[kind] as ReadonlyMap<string, Things[K] | null>);
  if (!isNewKey(key) && isSame(found(base, kind, key), item)) next.delete(key);
  else next.set(key, item);
  return { ...draft, [kind]: next };
}

/** A new thing is forgotten, one that exists shall be gone. */
export function remove(draft: Draft, kind: Kind, key: string): Draft {
  const next = new Map<string, Things[Kind] | null>(draft[kind]);
  if (isNewKey(key)) next.delete(key);
  else next.set(key, null);
  return { ...draft, [kind]: next };
}

export function revert(draft: Draft, kind: Kind, key: string): Draft {
  const next = new Map<string, Things[Kind] | null>(draft[kind]);
  next.delete(key);
  return { ...draft, [kind]: next };
}

export function putRules(base: Configuration, draft: Draft, rules: Rules): Draft {
  return { ...draft, rules: isSame(base.rules, rules) ? null : rules };
}

/** Everything of one kind: as it was read, with what the draft says; new things at the end. */
export function rowsOf<K extends Kind>(base: Configuration, draft: Draft, kind: K): Row<K>[] {
  const edits = draft[kind] as ReadonlyMap<string, Things[K] | null>;
  const known: readonly Things[K][] = base[kind] as Things[Kind][] as Things[K][];
  const rows = known.map((item): Row<K> => {
    const key = codeOf(item);
    const edit = edits.get(key);
    if (edit === undefined) return { key, item, mark: "same" };
    return edit === null ? { key, item, mark: "gone" } : { key, item: edit, mark: "changed" };
  });
  const added = [...edits].flatMap(([key, item]): Row<K>[] => (isNewKey(key) && item !== null ? [{ key, item, mark: "new" }] : []));
  return [...rows, ...added];
}

/** The settings as they would be. */
export function applied(base: Configuration, draft: Draft): Configuration {
  const all = <K extends Kind>(kind: K): Things[K][] => rowsOf(base, draft, kind).filter(({ mark }) => mark !== "gone").map(({ item }) => item);
  return { queues: all("queues"), people: all("people"), skills: all("skills"), sites: all("sites"), schedules: all("schedules"), rules: draft.rules ?? base.rules };
}

export function changesIn(draft: Draft): number {
  return KINDS.reduce((sum, kind) => sum + draft[kind].size, draft.rules === null ? 0 : 1);
}

export function changeOf(draft: Draft): Change {
  const there = <Item>(edits: ReadonlyMap<string, Item | null>): Item[] => [...edits.values()].filter((item): item is Item & {} => item !== null);
  const gone = (kind: Kind): string[] => [...draft[kind]].filter(([, item]) => item === null).map(([key]) => key);
  return {
    queues: there(draft.queues), queues_gone: gone("queues"), skills: there(draft.skills), skills_gone: gone("skills"),
    sites: there(draft.sites), sites_gone: gone("sites"), schedules: there(draft.schedules), schedules_gone: gone("schedules"),
    people: there(draft.people), people_gone: gone("people"), rules: draft.rules,
  };
}

/** Field by field: what I changed is mine, the rest is theirs. */
function merged<Item extends object>(was: Item, theirs: Item, mine: Item): Item {
  const fields = Object.keys(theirs) as Array<keyof Item>;
  return fields.reduce((item, field) => (isSame(mine[field], was[field]) ? item : { ...item, [field]: mine[field] }), theirs);
}

/** The draft over settings that somebody else changed meanwhile, and the keys of what both changed. */
export function rebased(was: Configuration, is: Configuration, draft: Draft): { draft: Draft; both: string[] } {
  const both: string[] = [];
  const over = <K extends Kind>(kind: K): ReadonlyMap<string, Things[K] | null> => {
    const next = new Map<string, Things[K] | null>();
    for (const [key, mine] of draft[kind] as ReadonlyMap<string, Things[K] | null>) {
      const before = found(was, kind, key);
      const theirs = found(is, kind, key);
      // New here; or gone over there, and then what is kept here is not brought back by itself.
      if (isNewKey(key)) next.set(key, mine);
      if (isNewKey(key) || theirs === undefined || before === undefined) {
        if (!isNewKey(key)) both.push(key);
        continue;
      }
      if (!isSame(before, theirs)) both.push(key);
      const merge = mine === null ? null : merged(before, theirs, mine);
      if (merge === null || !isSame(merge, theirs)) next.set(key, merge);
    }
    return next;
  };
  const rules = draft.rules === null ? null : merged(was.rules, is.rules, draft.rules);
  const next = { queues: over("queues"), people: over("people"), skills: over("skills"), sites: over("sites"), schedules: over("schedules") };
  return { draft: { ...next, rules: rules === null || isSame(rules, is.rules) ? null : rules }, both };
}

/** Without a skill, nobody has it and no ring asks for it; without a site, nobody works there. */
export function withoutTraces(base: Configuration, draft: Draft, kind: "skills" | "sites", code: string): Draft {
  let next = draft;
  for (const { key, item, mark } of rowsOf(base, draft, "people")) {
    if (mark === "gone") continue;
    if (kind === "sites" && item.site === code) next = put(base, next, "people", key, { ...item, site: null });
    if (kind === "skills" && item.skills.some(({ skill }) => skill === code)) {
      next = put(base, next, "people", key, { ...item, skills: item.skills.filter(({ skill }) => skill !== code) });
    }
  }
  for (const { key, item, mark } of kind === "skills" ? rowsOf(base, draft, "queues") : []) {
    if (mark === "gone" || !item.rings.some(({ needs }) => needs.some(({ skill }) => skill === code))) continue;
    const rings = item.rings.map((ring) => ({ ...ring, needs: ring.needs.filter(({ skill }) => skill !== code) }));
    next = put(base, next, "queues", key, { ...item, rings });
  }
  return next;
}

// New things as most of their kind start, and codes made of names.
import type { Named, PersonSettings, QueueSettings, ScheduleSettings, Weekday } from "@warmline/protocol";
import type { Kind, Things } from "./draft";

const MOST_CODE = 40;

/** The same values as `QueueSettings::named` has. */
export function newQueue(): QueueSettings {
  return {
    code: "", name: "", priority: 0, vip_steps: 2, ring_ms: 20_000, wrap_up_ms: 60_000, max_waiting: 500, is_closed: false, opening: null,
    callback_keeps_ms: 7_200_000, recording: "off", strategy: "longest_idle", weight: 1, is_interruptible: false, rings: [], last_agent_ms: 0,
    schedule: null, closing_grace_ms: 1_800_000, when_closed: null, when_full: null, overflow: null, answer_within_ms: 20_000, short_abandon_ms: 5_000, country: null,
  };
}

function newPerson(): PersonSettings {
  return { user: "", name: "", role: "agent", queues: [], skills: [], languages: [], site: null, capacity: 3 };
}

function newNamed(): Named {
  return { code: "", name: "" };
}

const WORKDAYS: Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

function newSchedule(zone: string): ScheduleSettings {
  return { code: "", name: "", zone, weekly: WORKDAYS.map((day) => ({ day, from: "09:00", to: "18:00" })), holidays: [] };
}

/** `zone` is the organisation's, for a new schedule. */
export function fresh<K extends Kind>(kind: K, zone: string): Things[K] {
  const things: { [Each in Kind]: () => Things[Each] } = {
    queues: newQueue, people: newPerson, skills: newNamed, sites: newNamed, schedules: () => newSchedule(zone),
  };
  return things[kind]();
}

/** A code that a name suggests; empty when nothing of it can stand in one. */
export function codeFrom(name: string): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return plain.replace(/^[^a-z]+/, "").slice(0, MOST_CODE).replace(/-+$/, "");
}

/** A name to sign in with: the given name and the family name with a dot between. */
export function userFrom(name: string): string {
  return codeFrom(name).replaceAll("-", ".");
}

export function isCode(code: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(code);
}

/** In lower case, without blanks, at most 200 characters. */
export function isUser(user: string): boolean {
  return user !== "" && user.length <= 200 && !/\s/.test(user) && user === user.toLowerCase();
}

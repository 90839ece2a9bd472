// Where a finding stands and what it says: findings name things by code, people know them by name and by place.
import type { Configuration, Finding, ProblemCode, Severity } from "@warmline/protocol";
import type { Words } from "../words";
import { codeOf, KINDS, rowsOf, type Draft, type Kind, type Row } from "./draft";
import { isCode, isUser } from "./fresh";
import { DAYS, dayName } from "./hours";

/** A part of a form that a finding stands at. */
export type Part = "code" | "name" | "rings" | "ring_ms" | "weight" | "routes" | "people" | "zone" | "country" | "weekly" | "holidays" | "queues" | "skills" | "languages" | "rules" | "whole";

export type Place = { readonly kind: Kind | "rules" | "whole"; readonly key: string; readonly part: Part };
export type PlacedFinding = { readonly finding: Finding; readonly place: Place };

type About = { kinds: readonly Kind[]; part: Part };

const ABOUT: Record<ProblemCode, About> = {
  bad_code: { kinds: KINDS, part: "code" }, bad_name: { kinds: KINDS, part: "name" }, code_twice: { kinds: KINDS, part: "code" },
  unknown: { kinds: ["queues", "people"], part: "whole" },
  rings_for_no_time: { kinds: ["queues"], part: "ring_ms" }, no_weight: { kinds: ["queues"], part: "weight" },
  too_many_rings: { kinds: ["queues"], part: "rings" }, first_ring_late: { kinds: ["queues"], part: "rings" },
  ring_not_later: { kinds: ["queues"], part: "rings" }, ring_not_wider: { kinds: ["queues"], part: "rings" },
  bad_level: { kinds: ["queues", "people"], part: "skills" }, named_twice: { kinds: ["queues", "people"], part: "skills" },
  loop: { kinds: ["queues"], part: "routes" },
  bad_country: { kinds: ["queues"], part: "country" }, no_country: { kinds: [], part: "country" },
  bad_zone: { kinds: ["schedules"], part: "zone" }, bad_opening: { kinds: ["schedules"], part: "weekly" },
  openings_overlap: { kinds: ["schedules"], part: "weekly" }, never_opens: { kinds: ["schedules"], part: "weekly" },
  bad_date: { kinds: ["schedules"], part: "holidays" }, date_twice: { kinds: ["schedules"], part: "holidays" },
  bad_rules: { kinds: [], part: "rules" }, too_many_languages: { kinds: ["people"], part: "languages" },
  no_administrator: { kinds: [], part: "people" }, nobody_serves: { kinds: ["queues"], part: "people" },
  nobody_has_skill: { kinds: ["queues"], part: "rings" }, nobody_fits: { kinds: ["queues"], part: "rings" }, never_widens: { kinds: ["queues"], part: "rings" },
  too_heavy: { kinds: ["queues"], part: "people" }, nobody_may_wait: { kinds: ["queues"], part: "whole" },
};

const mentions = (item: unknown, code: string | null) => code === null || JSON.stringify(item).includes(JSON.stringify(code));

type Index = ReadonlyMap<string, ReadonlyArray<{ kind: Kind; row: Row<Kind> }>>;

/** Everything by its key and by its code, so that many findings about many people are placed at once. */
function indexed(base: Configuration, draft: Draft): Index {
  const index = new Map<string, Array<{ kind: Kind; row: Row<Kind> }>>();
  for (const kind of KINDS) {
    for (const row of rowsOf(base, draft, kind)) {
      for (const name of new Set([row.key, codeOf(row.item)])) index.set(name, [...(index.get(name) ?? []), { kind, row }]);
    }
  }
  return index;
}

/** Codes are unique only within a kind: what was touched and what mentions the other code is what was meant. */
function placed(finding: Finding, index: Index): Place {
  const { kinds, part } = ABOUT[finding.code];
  if (finding.code === "bad_rules" || finding.code === "no_country" || ((finding.code === "bad_zone" || finding.code === "bad_country") && finding.subject === "")) return { kind: "rules", key: "", part };
  const found = finding.subject === "" ? [] : (index.get(finding.subject) ?? []).filter(({ kind }) => kinds.includes(kind));
  const told = found.filter(({ row }) => mentions(row.item, finding.other));
  const likely = told.length > 0 ? told : found;
  const best = likely.find(({ row }) => row.mark !== "same") ?? likely[0];
  return best === undefined ? { kind: "whole", key: "", part } : { kind: best.kind, key: best.row.key, part: partOf(finding, best.kind, part) };
}

/** Of the parts that a queue and a person both have, the one of this form. */
function partOf(finding: Finding, kind: Kind, part: Part): Part {
  if (part === "skills" && kind === "queues") return "rings";
  if (finding.code === "unknown" && kind === "queues") return "routes";
  return part;
}

/** What a server could not know or would take for something else: new things whose code is missing or already taken. */
export function localFindings(base: Configuration, draft: Draft): Finding[] {
  return KINDS.flatMap((kind) => rowsOf(base, draft, kind).flatMap(({ key, item, mark }): Finding[] => {
    if (mark !== "new") return [];
    const code = codeOf(item);
    const told = (problem: ProblemCode): Finding => ({ severity: "fault", code: problem, subject: key, other: null, number: null, text: "" });
    const isTaken = rowsOf(base, draft, kind).some((other) => other.key !== key && codeOf(other.item) === code);
    const problems: ProblemCode[] = [];
    if (!(kind === "people" ? isUser(code) : isCode(code))) problems.push("bad_code");
    else if (isTaken) problems.push("code_twice");
    if (item.name.trim() === "") problems.push("bad_name");
    return problems.map(told);
  }));
}

/** Faults first; the same remark at the same place is said once. */
export function allPlaced(findings: readonly Finding[], base: Configuration, draft: Draft): PlacedFinding[] {
  const index = indexed(base, draft);
  const all = findings.map((finding) => ({ finding, place: placed(finding, index) }));
  const once = new Map(all.map((one) => [`${one.finding.code} ${one.place.kind} ${one.place.key} ${one.finding.other} ${one.finding.number}`, one]));
  return [...once.values()].sort((one, other) => Number(one.finding.severity === "warning") - Number(other.finding.severity === "warning"));
}

export function worst(findings: readonly PlacedFinding[]): Severity | null {
  if (findings.length === 0) return null;
  return findings.some(({ finding }) => finding.severity === "fault") ? "fault" : "warning";
}

/** A code as people know it: the name of the queue, skill, site, schedule or person, or a weekday; else as it is. */
export function nameOf(code: string, configuration: Configuration, locale: string): string {
  const day = DAYS.find((one) => one === code.toLowerCase());
  if (day !== undefined) return dayName(day, locale);
  const everything = [...configuration.queues, ...configuration.skills, ...configuration.sites, ...configuration.schedules];
  return everything.find((one) => one.code === code)?.name ?? configuration.people.find(({ user }) => user === code)?.name ?? code;
}

export function findingWords({ finding, place }: PlacedFinding, configuration: Configuration, locale: string): Words {
  const other = finding.other === null ? "" : nameOf(finding.other, configuration, locale);
  const key = finding.code === "bad_code" && place.kind === "people" ? "problem.bad_user" : finding.code === "nobody_has_skill" && finding.number === null ? "problem.nobody_has_skill_at_all" : `problem.${finding.code}` as const;
  return { key, params: { other, n: finding.number ?? 0 } };
}

// Some of what a server would say of settings that contradict themselves.
import type { Configuration, Finding, ProblemCode, QueueSettings, RingSettings } from "@warmline/protocol";

const told = (severity: Finding["severity"], code: ProblemCode, subject: string, other: string | null = null, number: number | null = null): Finding => ({ severity, code, subject, other, number, text: "" });

function isWider(ring: RingSettings, before: RingSettings): boolean {
  const gives = before.needs.some((need) => (ring.needs.find(({ skill }) => skill === need.skill)?.minimum ?? 0) < need.minimum);
  const asks = ring.needs.some((need) => (before.needs.find(({ skill }) => skill === need.skill)?.minimum ?? 0) < need.minimum);
  const freed = (before.is_language_needed && !ring.is_language_needed) || (before.is_site_needed && !ring.is_site_needed);
  const bound = (!before.is_language_needed && ring.is_language_needed) || (!before.is_site_needed && ring.is_site_needed);
  return (gives || freed) && !asks && !bound;
}

function ways(queue: QueueSettings): string[] {
  return [queue.when_closed, queue.when_full, queue.overflow?.to ?? null].filter((way) => way !== null);
}

function comesBack(queue: QueueSettings, all: readonly QueueSettings[]): boolean {
  const seen = new Set<string>();
  const next = ways(queue);
  while (next.length > 0) {
    const code = next.pop() ?? "";
    if (code === queue.code) return true;
    if (!seen.has(code)) next.push(...ways(all.find((one) => one.code === code) ?? { ...queue, when_closed: null, when_full: null, overflow: null }));
    seen.add(code);
  }
  return false;
}

function ofRings(queue: QueueSettings, configuration: Configuration): Finding[] {
  const servers = configuration.people.filter((person) => person.queues.includes(queue.code));
  return queue.rings.flatMap((ring, index) => {
    const before = queue.rings[index - 1];
    const number = index + 1;
    const last = index === queue.rings.length - 1;
    return [
      ...(before !== undefined && ring.after_ms <= before.after_ms ? [told("fault", "ring_not_later", queue.code, null, number)] : []),
      ...(before !== undefined && !isWider(ring, before) ? [told("fault", "ring_not_wider", queue.code, null, number)] : []),
      ...ring.needs.filter(({ skill }) => !configuration.skills.some(({ code }) => code === skill)).map(({ skill }) => told("fault", "unknown", queue.code, skill)),
      ...(last ? ring.needs : []).filter((need) => !servers.some((one) => one.skills.some(({ skill, level }) => skill === need.skill && level >= need.minimum)))
        .map(({ skill, minimum }) => told("warning", "nobody_has_skill", queue.code, skill, minimum)),
    ];
  });
}

export function findingsOf(configuration: Configuration): Finding[] {
  const has = (kind: "queues" | "skills" | "sites" | "schedules", code: string) => configuration[kind].some((one) => one.code === code);
  const found = [
    ...configuration.queues.flatMap((queue) => [
      ...(queue.name.trim() === "" ? [told("fault", "bad_name", queue.code)] : []),
      ...(queue.ring_ms === 0 ? [told("fault", "rings_for_no_time", queue.code)] : []),
      ...ways(queue).filter((code) => !has("queues", code)).map((code) => told("fault", "unknown", queue.code, code)),
      ...(queue.schedule !== null && !has("schedules", queue.schedule) ? [told("fault", "unknown", queue.code, queue.schedule)] : []),
      ...(comesBack(queue, configuration.queues) ? [told("fault", "loop", queue.code)] : []),
      ...(configuration.people.some((person) => person.queues.includes(queue.code)) ? [] : [told("warning", "nobody_serves", queue.code)]),
      ...ofRings(queue, configuration),
    ]),
    ...configuration.people.flatMap((person) => [
      ...person.queues.filter((code) => !has("queues", code)).map((code) => told("fault", "unknown", person.user, code)),
      ...person.skills.filter(({ skill }) => !has("skills", skill)).map(({ skill }) => told("fault", "unknown", person.user, skill)),
      ...(person.site !== null && !has("sites", person.site) ? [told("fault", "unknown", person.user, person.site)] : []),
    ]),
    ...configuration.schedules.flatMap((schedule) => [
      ...(schedule.weekly.length === 0 ? [told("warning", "never_opens", schedule.code)] : []),
      ...schedule.weekly.filter(({ from, to }) => from >= to).map(({ day }) => told("fault", "bad_opening", schedule.code, day)),
    ]),
    ...(configuration.people.some(({ role }) => role === "admin") ? [] : [told("warning", "no_administrator", "")]),
  ] as Finding[];
  return found.sort((one, other) => Number(one.severity === "warning") - Number(other.severity === "warning"));
}

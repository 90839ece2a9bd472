// An invented organisation's settings and their past, believable enough to judge a screen by.
import type { Configuration, ConfigurationChange, PersonSettings, QueueSettings, RingSettings } from "@warmline/protocol";
import { newQueue } from "../../model/administration/fresh";

const HOUR = 3_600_000;

const ring = (after_ms: number, needs: Array<[string, number]>, more: Partial<RingSettings> = {}): RingSettings => ({
  after_ms, needs: needs.map(([skill, minimum]) => ({ skill, minimum })), is_language_needed: false, is_site_needed: false, ...more,
});

const queue = (code: string, name: string, more: Partial<QueueSettings>): QueueSettings => ({ ...newQueue(), code, name, ...more });

const QUEUES: QueueSettings[] = [
  queue("support", "Support", {
    recording: "ask", schedule: "weekdays", opening: "Mon–Fri 8–20, Sat 9–14", last_agent_ms: 30_000, when_closed: "night", overflow: { after_ms: 240_000, to: "sales" },
    rings: [ring(0, [["broadband", 3]], { is_language_needed: true }), ring(30_000, [["broadband", 2]], { is_language_needed: true }), ring(90_000, [["broadband", 1]])],
  }),
  queue("zh", "中文服务", { recording: "ask", schedule: "suzhou", strategy: "most_skilled", rings: [ring(0, [["mandarin", 4]]), ring(45_000, [["mandarin", 2]])] }),
  queue("billing", "Billing", { strategy: "fewest_handled", schedule: "weekdays", rings: [ring(0, [["billing", 3]]), ring(60_000, [["billing", 1]])] }),
  queue("business", "Business", { priority: 2, strategy: "ring_all", ring_ms: 12_000, answer_within_ms: 10_000, schedule: "weekdays", rings: [ring(0, [["business", 3], ["broadband", 2]], { is_site_needed: true }), ring(20_000, [["business", 2]])] }),
  queue("sales", "Sales", { strategy: "round_robin", callback_keeps_ms: 0 }),
  queue("night", "Night line", { max_waiting: 40, wrap_up_ms: 30_000, opening: "20–8, and all weekend" }),
];

const person = (user: string, name: string, more: Partial<PersonSettings>): PersonSettings => ({
  user, name, role: "agent", queues: ["support"], skills: [], languages: ["en"], site: "leeds", capacity: 3, ...more,
});
const skills = (levels: Record<string, number>) => Object.entries(levels).map(([skill, level]) => ({ skill, level }));

const PEOPLE: PersonSettings[] = [
  person("anna", "Anna Marsh", { role: "admin", queues: ["support", "billing"], skills: skills({ broadband: 4, billing: 3 }) }),
  person("noor", "Noor Rao", { queues: ["support", "business", "night"], skills: skills({ broadband: 5, business: 3, mobile: 2 }), languages: ["en", "hi"] }),
  person("eva", "Eva Lindqvist", { role: "expert", queues: [], skills: skills({ broadband: 5, tv: 5 }), languages: ["en", "sv"] }),
  person("sam", "Sam Doyle", { role: "supervisor", queues: ["support", "sales"], skills: skills({ broadband: 3, retention: 4 }), languages: ["en", "ga"] }),
  person("wei", "王伟", { queues: ["zh", "support"], skills: skills({ mandarin: 5, broadband: 3 }), languages: ["zh", "en"], site: "suzhou" }),
  person("lijing", "李静", { queues: ["zh"], skills: skills({ mandarin: 5, billing: 2 }), languages: ["zh"], site: "suzhou" }),
  person("yating", "林雅婷", { queues: ["zh", "sales"], skills: skills({ mandarin: 4, mobile: 3 }), languages: ["zh", "en"], site: "suzhou" }),
  person("tomas", "Tomás Ribeiro", { queues: ["billing", "sales"], skills: skills({ billing: 4 }), languages: ["pt", "en", "es"], site: "lisbon" }),
  person("marta", "Marta Oliveira", { queues: ["billing", "night"], skills: skills({ billing: 2, broadband: 1 }), languages: ["pt", "en"], site: "lisbon" }),
  person("hana", "Hana Tanaka", { queues: ["business"], skills: skills({ business: 4, broadband: 3, roaming: 2 }), languages: ["ja", "en"] }),
  person("jonas", "Jonas Brandt", { queues: ["support", "night"], skills: skills({ broadband: 2, tv: 3 }), languages: ["de", "en"] }),
  person("grace", "Grace Adeyemi", { queues: ["sales"], skills: skills({ retention: 2 }), capacity: 5 }),
];

export const CONFIGURATION: Configuration = {
  queues: QUEUES, people: PEOPLE,
  skills: [
    { code: "broadband", name: "Broadband" }, { code: "mobile", name: "Mobile" }, { code: "tv", name: "Television" }, { code: "billing", name: "Billing" },
    { code: "business", name: "Business lines" }, { code: "mandarin", name: "普通话" }, { code: "roaming", name: "Roaming" }, { code: "retention", name: "Retention" },
  ],
  sites: [{ code: "leeds", name: "Leeds" }, { code: "suzhou", name: "苏州" }, { code: "lisbon", name: "Lisboa" }],
  schedules: [
    {
      code: "weekdays", name: "Weekdays and Saturday morning", zone: "Europe/London",
      weekly: [
        ...(["monday", "tuesday", "wednesday", "thursday", "friday"] as const).map((day) => ({ day, from: "08:00", to: "20:00" })),
        { day: "saturday", from: "09:00", to: "14:00" },
      ],
      holidays: [{ date: "2026-12-25", name: "Christmas Day", openings: [] }, { date: "2026-12-31", name: "New Year's Eve", openings: [{ from: "09:00", to: "13:00" }] }],
    },
    {
      code: "suzhou", name: "苏州工作时间", zone: "Asia/Shanghai",
      weekly: (["monday", "tuesday", "wednesday", "thursday", "friday"] as const).flatMap((day) => [{ day, from: "09:00", to: "12:00" }, { day, from: "13:30", to: "18:00" }]),
      holidays: [{ date: "2027-02-06", name: "春节", openings: [] }],
    },
  ],
  rules: { agent_grace_ms: 60_000, customer_grace_ms: 30_000, callback_ring_ms: 30_000, callback_rest_ms: 120_000, callback_tries: 3, reject_limit: 1, zone: "Europe/Lisbon", country: null, looks_per_hour: { agent: 600, expert: 600, supervisor: 2000, admin: 2000 } },
};

export const ZONES = ["Africa/Lagos", "America/New_York", "America/Sao_Paulo", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/London", "Europe/Paris", "Etc/UTC"];

/** Newest first; each took its part in how the settings are now. */
export function changesUpTo(now: number): ConfigurationChange[] {
  const empty = { undoes: null, queues: [], skills: [], sites: [], schedules: [], people: [], rules: null };
  const of = (code: string) => QUEUES.find((one) => one.code === code) ?? newQueue();
  const who = (user: string) => PEOPLE.find((one) => one.user === user) ?? person(user, user, {});
  const after = (code: string, before: Partial<QueueSettings>) => ({ before: { ...of(code), ...before }, after: of(code) });
  return [
    { ...empty, revision: 41, at: now - 0.4 * HOUR, by: "sam", queues: [after("support", { overflow: { after_ms: 180_000, to: "sales" } }), after("business", { ring_ms: 20_000, priority: 0 })] },
    { ...empty, revision: 40, at: now - 3 * HOUR, by: "anna", people: [{ before: { ...who("marta"), queues: ["billing"], skills: skills({ billing: 1, mobile: 3 }) }, after: who("marta") }] },
    { ...empty, revision: 39, at: now - 26 * HOUR, by: "anna", undoes: 38, queues: [after("sales", { strategy: "ring_all" })] },
    { ...empty, revision: 38, at: now - 27 * HOUR, by: "sam", queues: [{ before: of("sales"), after: { ...of("sales"), strategy: "ring_all" } }] },
    { ...empty, revision: 37, at: now - 75 * HOUR, by: "command line", people: [{ before: null, after: who("grace") }], sites: [{ before: null, after: { code: "lisbon", name: "Lisboa" } }] },
    { ...empty, revision: 36, at: now - 200 * HOUR, by: "anna", rules: { before: { ...CONFIGURATION.rules, reject_limit: 3, agent_grace_ms: 90_000 }, after: CONFIGURATION.rules } },
    {
      ...empty, revision: 35, at: now - 400 * HOUR, by: "anna", queues: [after("support", { rings: of("support").rings.slice(0, 2), when_closed: null })],
      schedules: [{ before: { ...(CONFIGURATION.schedules[0] ?? { code: "", name: "", zone: "", weekly: [] }), holidays: [] }, after: CONFIGURATION.schedules[0] ?? null }],
    },
  ];
}

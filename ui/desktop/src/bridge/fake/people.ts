// Invented customers and their history, believable enough to judge a screen by.
import type { CustomerNote, CustomerPop, CustomerSummary, FoundCustomer, Happened, InteractionSummary, RecordingSummary } from "@warmline/protocol";

const DAY = 86_400_000;
const MINUTE = 60_000;

type Person = {
  name: string; phone: string; email?: string; language: string; years: number; labels: string[]; isVip?: boolean; note?: string;
};

const PEOPLE: Person[] = [
  { name: "Chen Yulan", phone: "+86 138 0013 8000", email: "chen.yulan@example.com", language: "zh-CN", years: 7, labels: ["Broadband 500M", "Mobile ×2"], isVip: true, note: "Prefers to be called after 18:00. Installer knows the flat: router stands in the hall cupboard." },
  { name: "Marta Oliveira", phone: "+351 912 345 678", email: "marta.oliveira@example.com", language: "pt-PT", years: 3, labels: ["Broadband 200M"] },
  { name: "David Okafor", phone: "+44 7700 900142", email: "d.okafor@example.com", language: "en-GB", years: 2, labels: ["Mobile", "Roaming"] },
  { name: "王建国", phone: "+86 139 1100 2207", language: "zh-CN", years: 11, labels: ["宽带 1000M", "固话"], isVip: true, note: "听力不好，请说慢一点。" },
  { name: "林雅婷", phone: "+886 912 000 318", email: "yating.lin@example.com", language: "zh-TW", years: 1, labels: ["行動 5G"] },
  { name: "Siobhán Murphy", phone: "+353 85 010 4471", email: "siobhan@example.com", language: "en-IE", years: 5, labels: ["Broadband 500M", "TV"] },
  { name: "Jonas Brandt", phone: "+49 151 0000 8842", language: "de-DE", years: 4, labels: ["Business", "SLA 4 h"] },
  { name: "Amina Haddad", phone: "+33 6 00 00 71 20", email: "amina.haddad@example.com", language: "fr-FR", years: 2, labels: ["Mobile ×3"] },
  { name: "李秀英", phone: "+86 137 5522 0190", language: "zh-CN", years: 6, labels: ["宽带 300M", "电视"] },
  { name: "Peter Novák", phone: "+420 601 000 233", language: "cs-CZ", years: 8, labels: ["Broadband 200M"] },
  { name: "Grace Adeyemi", phone: "+44 7700 900781", email: "grace.a@example.com", language: "en-GB", years: 1, labels: ["Broadband 500M"] },
  { name: "陳志明", phone: "+852 5100 0246", language: "zh-HK", years: 3, labels: ["商業寬頻"] },
];

const TOPICS: Array<[string, string, string, number | null]> = [
  ["Installation date", "Moved the appointment to Thursday morning.", "Solved", 5],
  ["Invoice copy", "Sent the March invoice again by mail.", "Solved", 4],
  ["Slow in the evening", "Line measured clean; sent a guide for the 5 GHz network. Will call if it stays slow.", "Follow-up", null],
  ["Change my plan", "", "Solved", 5],
  ["Roaming in Japan", "Booked the travel pass from the 3rd.", "Solved", 5],
];

export function customers(now: number): CustomerSummary[] {
  return PEOPLE.map((person, index) => ({
    customer: index + 1, name: person.name,
    identities: [
      { kind: "phone", value: person.phone },
      ...(person.email === undefined ? [] : [{ kind: "email" as const, value: person.email }]),
    ],
    language: person.language, since: now - person.years * 365 * DAY - index * 17 * DAY, is_vip: person.isVip === true,
    labels: person.labels, note: person.note ?? "", interactions: history(index + 1, now).length,
    revision: 3, browsers: index % 3, attributes: [{ name: "Contract", value: `NW-2019-${String(1371 + index * 61).padStart(5, "0")}` }],
    consents: [
      { kind: "recording", is_given: index % 4 !== 3, given_at: now - 90 * DAY, source: "customer_page" },
      ...(index % 2 === 0 ? [{ kind: "marketing" as const, is_given: false, given_at: now - 400 * DAY, source: "written" as const }] : []),
    ],
    preferences: { channel: index % 2 === 0 ? "voice" : null, time: index % 3 === 0 ? "evening" : null, site: index % 4 === 0 ? "suzhou" : null },
  }));
}

/** Of Anna, who is signed in, or of a colleague. */
function recordingOf(interaction: number, at: number, minutes: number, isAnnas: boolean): RecordingSummary {
  return {
    recording: `01920000-0000-7000-8000-${String(interaction).padStart(12, "0")}`, agent: isAnnas ? 1 : 2, agent_name: isAnnas ? "Anna Marsh" : "Noor Rao",
    started_at: at, is_complete: true, duration_ms: minutes * MINUTE - 21_000, pauses: isAnnas ? [{ at_ms: 96_000, lasted_ms: 21_000 }] : [],
  };
}

/** Newest first. */
export function history(customer: number, now: number): InteractionSummary[] {
  const count = 3 + (customer % 3);
  return Array.from({ length: count }, (_, index) => {
    const [topic, note, disposition, stars] = TOPICS[(index + customer) % TOPICS.length] ?? TOPICS[0] ?? ["", "", "", null];
    const entered = now - (index * 13 + customer) * DAY - 47 * MINUTE * (index + 1);
    const isLost = index === 2 && customer % 2 === 0;
    return {
      interaction: customer * 100 + index, customer, medium: "voice" as const, queue_name: "Support", entered_at: entered,
      answered_at: isLost ? null : entered + 41_000 + index * 9_000, ended_at: entered + 41_000 + (4 + index) * MINUTE,
      outcome: isLost ? { type: "abandoned" as const } : { type: "answered" as const, ended_by: "customer" as const },
      agent_name: isLost ? null : index % 2 === 0 ? "Anna Marsh" : "Noor Rao",
      participants: isLost ? [] : index === 1 ? ["Anna Marsh", "Noor Rao"] : [index % 2 === 0 ? "Anna Marsh" : "Noor Rao"], topic,
      notes: isLost || note === "" ? [] : [{ agent: index % 2 === 0 ? 1 : 2, agent_name: index % 2 === 0 ? "Anna Marsh" : "Noor Rao", text: note }],
      disposition: isLost ? null : disposition, stars: isLost ? null : stars, given: { name: null, phone: null, email: null },
      recordings: isLost || index > 1 ? [] : [recordingOf(customer * 100 + index, entered + 41_000, 4 + index, index === 0)],
    };
  });
}

export function happened(summary: InteractionSummary): Happened[] {
  const row = (at: number, what: Happened["what"], agent: string | null = null, decision: number | null = null): Happened => ({ at, what, agent_name: agent, to_name: null, note: null, decision });
  const story: Happened[] = [row(summary.entered_at, "entered")];
  const at = summary.answered_at;
  if (at !== null) {
    story.push(row(at - 3_200, "offered", summary.agent_name, summary.interaction), row(at, "answered", summary.agent_name));
  }
  if (summary.ended_at !== null) {
    story.push(row(summary.ended_at, at === null ? "abandoned" : "ended"));
    if (summary.disposition !== null) story.push(row(summary.ended_at + 21_000, "wrap_up_finished", summary.agent_name));
  }
  return story;
}

export function pop(index: number, now: number): CustomerPop {
  const customer = customers(now)[index];
  if (customer === undefined) throw new RangeError(`no customer ${index}`);
  return {
    customer, recognised_by: "phone", device: "Safari on iPhone", place: "Asia/Shanghai", language: customer.language,
    page: "https://northwind.example/plans/1000", last_interactions: history(customer.customer, now).slice(0, 5),
    given: { name: customer.name, phone: null, email: null }, may_be: customer.customer === 3 ? [{ customer: 5, name: customer.name, by: "name" }] : [],
  };
}

export function notesOf(customer: number, now: number): CustomerNote[] {
  return [
    { note: customer * 10 + 2, author: 1, author_name: "Anna Marsh", at: now - 12 * DAY, edited_at: now - 11 * DAY, text: "上门前请提前半小时打电话。" },
    { note: customer * 10 + 1, author: 2, author_name: "Noor Rao", at: now - 130 * DAY, edited_at: null, text: "Technician needs the key from the neighbour at number 12." },
  ];
}

/** Who matches, and where beside the name. */
export function found(query: string, now: number): FoundCustomer[] {
  const wanted = query.trim().toLowerCase();
  const has = (text: string) => text.toLowerCase().includes(wanted);
  return customers(now).flatMap((customer): FoundCustomer[] => {
    if (wanted === "" || has(customer.name)) return [{ ...customer, matched: null }];
    const none = { interaction: null, at: null };
    const identity = customer.identities.find((one) => has(one.value));
    if (identity !== undefined) return [{ ...customer, matched: { place: "identity", excerpt: identity.value, ...none } }];
    const label = customer.labels.find(has);
    if (label !== undefined) return [{ ...customer, matched: { place: "label", excerpt: label, ...none } }];
    const noted = (one: InteractionSummary) => one.notes.map(({ text }) => text).join("\n");
    const talk = history(customer.customer, now).find((one) => has(noted(one)) || has(one.topic ?? ""));
    if (talk === undefined) return [];
    const isTopic = has(talk.topic ?? "");
    return [{ ...customer, matched: { place: isTopic ? "topic" : "interaction_note", excerpt: isTopic ? (talk.topic ?? "") : noted(talk), interaction: talk.interaction, at: talk.entered_at } }];
  });
}

// Passing on and asking: whom the panel lists, what may be done to whom, and who hears whom.
import type { Colleague, Floor, FloorQueue, HandoverTarget, WorkItem } from "@warmline/protocol";
import type { Words } from "./words";

export type Target =
  | { readonly type: "colleague"; readonly name: string; readonly slug: string; readonly colleague: Colleague }
  | { readonly type: "queue"; readonly name: string; readonly slug: string; readonly queue: FloorQueue };

/** Everybody and everything whose name or sign-in name has every word of the query; oneself left out. */
export function targetsOf(floor: Floor | null, me: number, query: string): Target[] {
  if (floor === null) return [];
  const words = query.trim().toLowerCase().split(/\s+/).filter((word) => word !== "");
  const colleagues = floor.colleagues
    .filter((colleague) => colleague.agent !== me)
    .map((colleague): Target => ({ type: "colleague", name: colleague.name, slug: colleague.user, colleague }));
  const queues = floor.queues.map((queue): Target => ({ type: "queue", name: queue.name, slug: queue.slug, queue }));
  return [...colleagues, ...queues].filter(({ name, slug }) => {
    const text = `${name} ${slug}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Somebody at work or away cannot be rung; a queue always takes the customer. */
export function canPassOn(target: Target): boolean {
  return target.type === "queue" || target.colleague.state.type === "ready" || target.colleague.state.type === "not_ready";
}

export function canAsk(target: Target): boolean {
  return target.type === "colleague" && canPassOn(target);
}

export function wireTarget(target: Target): HandoverTarget {
  return target.type === "queue" ? { type: "queue", queue: target.queue.queue } : { type: "agent", agent: target.colleague.agent };
}

export function targetWords(target: Target): Words {
  if (target.type === "queue") {
    const { waiting, agents_ready: ready } = target.queue;
    return { key: "transfer.queue", params: { waiting, ready } };
  }
  const { state } = target.colleague;
  return state.type === "not_ready" ? { key: `reason.${state.reason}` } : { key: `colleague.${state.type}` };
}

/** Who hears whom, for both people's bars. */
export function consultWords(item: WorkItem): Words | null {
  const { consult } = item;
  if (consult === null) return null;
  const params = { colleague: consult.colleague_name, customer: item.customer.customer.name };
  return { key: `consult.${consult.part}.${consult.leg.type}`, params };
}

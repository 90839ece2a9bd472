// What the customer typed outlives a reload, in this tab only.

import type { Address } from "./address";
import { EMPTY_DRAFT, type Draft } from "./model/model";
import { keep, recall } from "./storage";

function keyOf(address: Address): string {
  return `warmline.draft.${address.organisation}.${address.queue}`;
}

export function keepDraft(address: Address, draft: Draft): void {
  keep("session", keyOf(address), JSON.stringify(draft));
}

export function recallDraft(address: Address): Draft {
  try {
    const kept: unknown = JSON.parse(recall("session", keyOf(address)) ?? "{}");
    if (typeof kept !== "object" || kept === null) return EMPTY_DRAFT;
    const text = (field: keyof Draft): string => {
      const value: unknown = Reflect.get(kept, field);
      return typeof value === "string" ? value : "";
    };
    return { name: text("name"), phone: text("phone"), email: text("email"), topic: text("topic") };
  } catch {
    return EMPTY_DRAFT;
  }
}

// What the customer typed outlives a reload, in this tab only.

import type { Address } from "./address";
import { MAX_FIELD_CHARS } from "./caller";
import { EMPTY_DRAFT, type Draft } from "./model/model";
import { keep, recall } from "./storage";

function keyOf(address: Address): string {
  return `warmline.draft.${address.organisation}.${address.queue}`;
}

export function keepDraft(address: Address, draft: Draft): void {
  keep("session", keyOf(address), JSON.stringify(draft));
}

/** What the tab that sent the customer here had been told; it stands behind the address once. */
export function takeDraft(): Draft | null {
  if (location.hash.length < 2) return null;
  const typed = new URLSearchParams(location.hash.slice(1));
  history.replaceState(history.state, "", location.pathname + location.search);
  const text = (field: keyof Draft): string => Array.from(typed.get(field) ?? "").slice(0, MAX_FIELD_CHARS).join("");
  const draft = { name: text("name"), phone: text("phone"), email: text("email"), topic: text("topic") };
  return Object.values(draft).some((value) => value !== "") ? draft : null;
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

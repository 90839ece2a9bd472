// Imports as the screen tells them: what can be done when, what a column may be, and how far one is.
import type { ColumnTarget, Import, ImportColumn, ImportOptions, ImportState, NewCustomer } from "@warmline/protocol";
import type { Key } from "../i18n";
import type { RecordForm } from "./records";
import { CONSENT_KINDS } from "./records";

/** Sent at one go: a multiple of three, so that base64 has no padding within. */
export const PIECE_BYTES = 768 * 1_024;

export const TARGETS: readonly ColumnTarget[] = [
  "nothing", "name", "given_name", "family_name", "phone", "email", "handle", "language", "vip", "labels", "note", "attribute",
  "preferred_channel", "preferred_time", "preferred_site", "attributes", "consents",
];

/** What files are mostly written in, as browsers name it. */
export const ENCODINGS: readonly string[] = [
  "utf-8", "utf-16le", "utf-16be", "gb18030", "big5", "shift_jis", "euc-kr", "windows-1250", "windows-1251", "windows-1252", "iso-8859-15",
];

export const DELIMITERS: readonly string[] = [",", ";", "\t", "|"];

export function isAtWork({ state }: { state: ImportState }): boolean {
  return state === "checking" || state === "running" || state === "undoing";
}

/** Its file may still be read in another way. */
export function isOpenToChange({ state, counts }: Import): boolean {
  return state === "ready" || state === "checked" || (state === "failed" && counts.created + counts.updated === 0);
}

export function mayUndo({ state, counts }: Import): boolean {
  return (state === "done" || state === "stopped" || state === "failed") && counts.created + counts.updated > 0;
}

export function stateKey(state: ImportState): Key {
  return `import.state.${state}`;
}

/** 0 to 100; nothing when it is not known. */
export function shareDone({ state, bytes, bytes_done, counts }: Import, undoing: number): number | null {
  if (state === "undoing") return undoing === 0 ? null : Math.min(100, (counts.rows / undoing) * 100);
  return bytes === 0 ? null : Math.min(100, (bytes_done / bytes) * 100);
}

export function withColumn(options: ImportOptions, at: number, target: ColumnTarget, name: string | null): ImportOptions {
  const columns = (options.columns ?? []).map((column, index): ImportColumn => (index === at ? { target, name } : column));
  return { ...options, columns };
}

/** The name that a column carries along: an attribute's, or a handle's service. */
export function nameFor(target: ColumnTarget, header: string): string | null {
  const name = header.trim().slice(0, 40);
  if (target === "attribute") return name === "" ? "?" : name;
  return target === "handle" && !header.includes(":") ? name.toLowerCase() : null;
}

/** A record as it was typed, for the server. */
export function newCustomerOf(form: RecordForm): NewCustomer {
  return {
    name: form.name.trim(), language: form.language.trim() === "" ? null : form.language.trim(), is_vip: form.isVip, note: "",
    labels: form.labels.split(/[,，、]/).map((label) => label.trim()).filter((label) => label !== ""),
    identities: form.identities.map(({ kind, value }) => ({ kind, value: value.trim() })).filter(({ value }) => value !== ""),
    attributes: form.attributes.map(({ name, value }) => ({ name: name.trim(), value: value.trim() })), preferences: form.preferences,
    consents: CONSENT_KINDS.filter((kind) => form.consents[kind] !== "unknown")
      .map((kind) => ({ kind, is_given: form.consents[kind] === "given", source: "conversation" as const })),
  };
}

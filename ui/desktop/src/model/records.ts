// Editing a customer's record: what is valid, and what an edit changes of the record as it was read.
import type {
  Attribute, ConsentAnswer, ConsentKind, CustomerPatch, CustomerSummary, Identity, Matched, Preferences,
} from "@warmline/protocol";
import type { Key } from "../i18n";

export const CONSENT_KINDS: readonly ConsentKind[] = ["recording", "marketing", "survey", "prediction"];
export const MOST_ROWS = 20;

/** Nothing changes. */
export function emptyPatch(): CustomerPatch {
  return {
    if_revision: null, name: null, language: null, is_vip: null, labels: null, note: null, identities: null,
    forget_browsers: null, attributes: null, consents: null, preferences: null,
  };
}

/** `unknown`: nobody asked; it cannot be gone back to once there is a word. */
export type ConsentChoice = "unknown" | "given" | "refused";

export type RecordForm = {
  name: string; language: string; isVip: boolean; labels: string; identities: Identity[]; attributes: Attribute[];
  preferences: Preferences; consents: Record<ConsentKind, ConsentChoice>; forgetsBrowsers: boolean;
};

export function formOf(customer: CustomerSummary): RecordForm {
  const choice = (kind: ConsentKind): ConsentChoice => {
    const word = customer.consents.find((consent) => consent.kind === kind);
    return word === undefined ? "unknown" : word.is_given ? "given" : "refused";
  };
  return {
    name: customer.name, language: customer.language ?? "", isVip: customer.is_vip, labels: customer.labels.join(", "),
    identities: customer.identities.map(({ kind, value }) => ({ kind, value })), attributes: customer.attributes.map((attribute) => ({ ...attribute })),
    preferences: { ...customer.preferences }, forgetsBrowsers: false,
    consents: { recording: choice("recording"), marketing: choice("marketing"), survey: choice("survey"), prediction: choice("prediction") },
  };
}

/** Nobody yet. */
export function emptyForm(): RecordForm {
  return {
    name: "", language: "", isVip: false, labels: "", identities: [{ kind: "phone", value: "" }], attributes: [], forgetsBrowsers: false,
    preferences: { channel: null, time: null, site: null },
    consents: { recording: "unknown", marketing: "unknown", survey: "unknown", prediction: "unknown" },
  };
}

/** Digits of every script: whose they are the server can tell, the field need not. */
const DIGIT = /\p{Nd}/gu;
/** Marks that come with what is pasted and are not seen. */
const UNSEEN = /[\p{Cf}\uFE00-\uFE0F]/gu;
/** Digits and what people set between them; then perhaps an extension, whose word is anybody's. */
const NUMBER = /^[\p{L}.:\s]{0,14}[\p{Nd}\s+\p{Pd}().,/·[\]]{3,}([;,#xX\p{L}.\s=]{1,16}\p{Nd}{1,8}[\s#)]*)?$/u;

/** A record keeps what stands there: what was typed before a rule was made is not refused for it. */
const isKnown = ({ kind, value }: Identity, known: readonly Identity[]) => known.some((one) => one.kind === kind && one.value.trim() === value.trim());

/** What is wrong with an identity, or nothing. The server looks closer; nothing that it takes is refused here. */
export function identityError(identity: Identity, known: readonly Identity[] = []): Key | null {
  const given = identity.value.replace(UNSEEN, "").normalize("NFKC").trim();
  if (isKnown(identity, known)) return null;
  switch (identity.kind) {
    case "phone": {
      const count = given.match(DIGIT)?.length ?? 0;
      return NUMBER.test(given) && count >= 3 && count <= 28 ? null : "record.error.phone";
    }
    case "email":
      return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(given.replace(/^(mailto:|[^<]*<)/i, "").replace(/>$/, "")) && given.length <= 254 ? null : "record.error.email";
    case "handle":
      return /^[^:]*\S[^:]*:.*\S/.test(given) && given.length <= 100 ? null : "record.error.handle";
    case "visitor":
      return "code.bad_field";
  }
}

export function attributeError(attribute: Attribute, all: readonly Attribute[], known: readonly Attribute[] = []): Key | null {
  if (known.some((one) => one.name === attribute.name && one.value === attribute.value)) return null;
  const name = attribute.name.trim().toLowerCase();
  if (name === "" || name.length > 40 || attribute.value.trim() === "" || attribute.value.length > 200) return "record.error.attribute";
  return all.filter((other) => other.name.trim().toLowerCase() === name).length > 1 ? "record.error.twice" : null;
}

/** `read` is what stands on the record already; nothing of a new one. */
export function isValid(form: RecordForm, read: Pick<CustomerSummary, "identities" | "attributes"> = { identities: [], attributes: [] }): boolean {
  return form.name.trim() !== ""
    && form.identities.every((identity) => identityError(identity, read.identities) === null)
    && form.attributes.every((attribute) => attributeError(attribute, form.attributes, read.attributes) === null);
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Only what differs, so that an edit of one field does not undo a colleague's of another. */
export function patchOf(customer: CustomerSummary, form: RecordForm): CustomerPatch {
  const was = formOf(customer);
  const labels = form.labels.split(/[,，、]/).map((label) => label.trim()).filter((label) => label !== "");
  const consents: ConsentAnswer[] = CONSENT_KINDS
    .filter((kind) => form.consents[kind] !== was.consents[kind] && form.consents[kind] !== "unknown")
    .map((kind) => ({ kind, is_given: form.consents[kind] === "given", source: "conversation" }));
  const changed = <Value>(now: Value, before: Value): Value | null => (same(now, before) ? null : now);
  return {
    ...emptyPatch(), if_revision: customer.revision,
    name: changed(form.name.trim(), customer.name), language: changed(form.language.trim(), customer.language ?? ""),
    is_vip: changed(form.isVip, customer.is_vip), labels: changed(labels, customer.labels),
    identities: changed(form.identities.map(({ kind, value }) => ({ kind, value: isKnown({ kind, value }, was.identities) ? value : value.trim() })), was.identities),
    forget_browsers: form.forgetsBrowsers ? true : null,
    attributes: changed(form.attributes.map(({ name, value }) => ({ name: name.trim(), value: value.trim() })), customer.attributes),
    consents: consents.length === 0 ? null : consents,
    preferences: changed(form.preferences, customer.preferences),
  };
}

/** What a search says beside a name. */
export function matchedKey(matched: Matched): Key {
  return `matched.${matched.place}`;
}

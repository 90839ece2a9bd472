// A customer's facts as rows of label and value; empty ones are left out.
import type { CustomerPop, CustomerSummary, Identity } from "@warmline/protocol";
import type { Key } from "../i18n";
import { t } from "../i18n/i18n.svelte";

export type Fact = { label: Key; value: string };

export function languageName(tag: string, locale: string): string {
  try {
    const names = new Intl.DisplayNames([locale], { type: "language" });
    return names.of(tag) ?? tag;
  } catch {
    // A browser may send anything as its language; what cannot be named is shown as it came.
    return tag;
  }
}

/** "Asia/Shanghai" as "Shanghai"; a path alone of a page's address. */
function placeName(place: string): string {
  return place.split("/").at(-1)?.replaceAll("_", " ") ?? place;
}

function pageName(page: string): string {
  return page.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/** A number as people of the house write it, with its extension; anything else as it was typed. */
export function shownIdentity({ value, phone }: Identity): string {
  if (phone === undefined) return value;
  return phone.extension === null ? phone.text : t("customer.extension", { number: phone.text, extension: phone.extension });
}

/** What was typed about oneself where the record says something else. */
function typedOf(customer: CustomerSummary, pop: CustomerPop): string {
  const { name, phone, email } = pop.given;
  const isOnRecord = (typed: string) => typed === customer.name || customer.identities.some(({ value }) => value === typed);
  return [name, phone, email].filter((typed): typed is string => typed !== null && !isOnRecord(typed)).join(" · ");
}

export function factsOf(customer: CustomerSummary, pop: CustomerPop | null, locale: string): Fact[] {
  const of = (kind: "phone" | "email" | "handle") => customer.identities.filter((one) => one.kind === kind).map(shownIdentity).join(", ");
  const from = [pop?.device, pop?.place ? placeName(pop.place) : null].filter((part) => part).join(" · ");
  const language = pop?.language ?? customer.language;
  const facts: Fact[] = [
    { label: "customer.phone", value: of("phone") },
    { label: "customer.email", value: of("email") },
    { label: "customer.handle", value: of("handle") },
    { label: "customer.typed", value: pop === null ? "" : typedOf(customer, pop) },
    { label: "customer.from", value: from },
    { label: "customer.page", value: pop?.page ? pageName(pop.page) : "" },
    { label: "customer.language", value: language ? languageName(language, locale) : "" },
  ];
  return facts.filter((fact) => fact.value !== "");
}

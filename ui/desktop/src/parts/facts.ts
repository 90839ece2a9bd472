// A customer's facts as rows of label and value; empty ones are left out.
import type { CustomerPop, CustomerSummary } from "@warmline/protocol";
import type { Key } from "../i18n";

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

export function factsOf(customer: CustomerSummary, pop: CustomerPop | null, locale: string): Fact[] {
  const of = (kind: "phone" | "email" | "handle") => customer.identities.filter((one) => one.kind === kind).map((one) => one.value).join(", ");
  const from = [pop?.device, pop?.place ? placeName(pop.place) : null].filter((part) => part).join(" · ");
  const language = pop?.language ?? customer.language;
  const facts: Fact[] = [
    { label: "customer.phone", value: of("phone") },
    { label: "customer.email", value: of("email") },
    { label: "customer.handle", value: of("handle") },
    { label: "customer.from", value: from },
    { label: "customer.page", value: pop?.page ? pageName(pop.page) : "" },
    { label: "customer.language", value: language ? languageName(language, locale) : "" },
  ];
  return facts.filter((fact) => fact.value !== "");
}

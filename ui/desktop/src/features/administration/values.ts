// A past value in the reader's words; codes become the names that people know.
import type { Configuration, RingSettings } from "@warmline/protocol";
import { formatLocale, t } from "../../i18n/i18n.svelte";
import { durationText } from "../../model/administration/durations";
import { nameOf } from "../../model/administration/findings";
import { languageName } from "../../parts/facts";
import type { Value } from "../../model/administration/history";

export function valueText(values: readonly Value[], configuration: Configuration | null): string {
  return values.length === 0 ? t("past.nothing") : values.map((value) => oneText(value, configuration)).join(", ");
}

function oneText(value: Value, configuration: Configuration | null): string {
  switch (value.type) {
    case "none":
      return t("past.nothing");
    case "ms":
      return durationText(value.ms, t);
    case "word":
      return t(value.key);
    case "text":
      return value.text;
    case "code":
      return namedText(value.code, configuration);
    case "language":
      return languageName(value.tag, formatLocale());
    case "ring":
      return ringText(value.ring, configuration);
  }
}

/** "broadband 3" and "monday 09:00–18:00" begin with a code; whole texts may be one. */
function namedText(text: string, configuration: Configuration | null): string {
  if (configuration === null) return text;
  const [first = "", ...rest] = text.split(" ");
  const name = nameOf(text, configuration, formatLocale());
  return name === text && rest.length > 0 ? [nameOf(first, configuration, formatLocale()), ...rest].join(" ") : name;
}

function ringText(ring: RingSettings, configuration: Configuration | null): string {
  const needs = [
    ...ring.needs.map(({ skill, minimum }) => `${namedText(skill, configuration)} ${minimum}+`),
    ...(ring.is_language_needed ? [t("ring.language")] : []), ...(ring.is_site_needed ? [t("ring.site")] : []),
  ];
  return t("ring.told", { after: durationText(ring.after_ms, t), needs: needs.length === 0 ? t("ring.anybody") : needs.join(" + ") });
}

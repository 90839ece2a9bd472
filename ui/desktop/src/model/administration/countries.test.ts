import { expect, test } from "vitest";
import { countryOptions } from "./countries";

test("countries have names in the reader's language and none comes first", () => {
  const english = countryOptions("en-GB", "As the zone says");
  expect(english[0]).toEqual({ value: "", name: "As the zone says" });
  expect(english).toContainEqual({ value: "DE", name: "Germany (DE)" });
  expect(english.length).toBeGreaterThan(200);
  expect(english.map(({ value }) => value)).not.toContain("EU");
  expect(countryOptions("zh-CN", "").find(({ value }) => value === "DE")?.name).toContain("德国");
});

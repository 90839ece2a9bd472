import { expect, test } from "vitest";
import { customers } from "../bridge/fake/people";
import { attributeError, formOf, identityError, isValid, patchOf } from "./records";

const chen = () => {
  const [first] = customers(1_760_000_000_000);
  if (first === undefined) throw new Error("nobody");
  return first;
};

test("phones, addresses and handles are told from nonsense before the server is asked", () => {
  const error = (kind: "phone" | "email" | "handle", value: string) => identityError({ kind, value });
  for (const good of ["+86 138 0013 8000", "（0161）496-0000", "１３８００１３８０００", "\u202d+44 20\u00a07946\u20110958\u202c", "+1 415 555 0100 ext. 12", "(415) 555-0100 x12", "٠٥٠ ١٢٣ ٤٥٦٧", "010-12345678 转 12"]) expect(error("phone", good)).toBeNull();
  for (const bad of ["", "12", "call me", "1".repeat(29), "after 5 pm please", "javascript:alert(1)"]) expect(error("phone", bad)).toBe("record.error.phone");
  expect(error("email", "chen@example.cn")).toBeNull();
  for (const bad of ["chen", "chen@cn", "a b@example.cn", "a@b@c.d"]) expect(error("email", bad)).toBe("record.error.email");
  expect(error("handle", "wechat:chenyulan")).toBeNull();
  for (const bad of ["chenyulan", "x:", ":y"]) expect(error("handle", bad)).toBe("record.error.handle");
});

test("an attribute has a name of its own and a value", () => {
  const all = [{ name: "Contract", value: "1" }, { name: "contract ", value: "2" }, { name: "Branch", value: " " }];
  expect(all.map((one) => attributeError(one, all))).toEqual(["record.error.twice", "record.error.twice", "record.error.attribute"]);
});

test("an edit sends what differs and the revision that was read", () => {
  const form = formOf(chen());
  const nothing = patchOf(chen(), form);
  expect(Object.entries(nothing).filter(([, value]) => value !== null)).toEqual([["if_revision", chen().revision]]);
  form.language = "en-GB";
  form.consents.survey = "refused";
  form.identities.push({ kind: "handle", value: " wechat:chen " });
  expect(isValid(form, chen())).toBe(true);
  const patch = patchOf(chen(), form);
  expect(patch).toMatchObject({
    name: null, language: "en-GB", labels: null, attributes: null, preferences: null,
    consents: [{ kind: "survey", is_given: false, source: "conversation" }],
  });
  expect(patch.identities?.at(-1)).toEqual({ kind: "handle", value: "wechat:chen" });
  form.name = "  ";
  expect(isValid(form, chen())).toBe(false);
});

test("what the record has is not refused when something else is changed", () => {
  const read = { ...chen(), identities: [{ kind: "phone" as const, value: "anna at home" }, { kind: "email" as const, value: "none" }] };
  const form = formOf(read);
  form.name = "Anna Lee";
  expect(isValid(form, read)).toBe(true);
  expect(patchOf(read, form)).toMatchObject({ name: "Anna Lee", identities: null });
  form.identities.push({ kind: "phone", value: "anna at work" });
  expect(isValid(form, read)).toBe(false);
});

test("how a number is shown does not count as a change of it", () => {
  const read = { ...chen(), identities: [{ kind: "phone" as const, value: "+442079460958", phone: { e164: "+442079460958", text: "020 7946 0958", extension: null } }] };
  expect(patchOf(read, formOf(read)).identities).toBeNull();
});

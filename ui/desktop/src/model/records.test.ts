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
  for (const good of ["+86 138 0013 8000", "（0161）496-0000", "１３８００１３８０００"]) expect(error("phone", good)).toBeNull();
  for (const bad of ["", "12", "call me", "1".repeat(21)]) expect(error("phone", bad)).toBe("record.error.phone");
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
  expect(isValid(form)).toBe(true);
  const patch = patchOf(chen(), form);
  expect(patch).toMatchObject({
    name: null, language: "en-GB", labels: null, attributes: null, preferences: null,
    consents: [{ kind: "survey", is_given: false, source: "conversation" }],
  });
  expect(patch.identities?.at(-1)).toEqual({ kind: "handle", value: "wechat:chen" });
  form.name = "  ";
  expect(isValid(form)).toBe(false);
});

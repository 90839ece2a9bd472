import { describe, expect, it } from "vitest";
import { MAX_PASSWORD_CHARS, newPasswordError } from "./password";

describe("a new password", () => {
  it("is counted in characters, in whatever script", () => {
    expect(newPasswordError("密码密码密码密", "密码密码密码密")?.key).toBe("password.short");
    expect(newPasswordError("😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀")).toBeNull();
    const long = "😀".repeat(MAX_PASSWORD_CHARS);
    expect(newPasswordError(long, long)).toBeNull();
    expect(newPasswordError(`${long}x`, `${long}x`)?.key).toBe("password.long");
  });

  it("is typed twice the same", () => {
    expect(newPasswordError("vK7#pQz2mW", "vK7#pQz2mw")).toEqual({ field: "second", key: "password.differs", values: {} });
  });
});

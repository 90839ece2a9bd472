import { expect, test } from "vitest";
import { accentOf, textOn } from "./accent";
import { ownTab, readAddress, withoutSecrets } from "./address";
import { callerOf, deviceInWords } from "./caller";
import { commandId } from "./link/command-id";
import { EMPTY_DRAFT } from "./model/model";
import { initialsOf } from "./view/initials";

test.each([
  ["/c/demo/support", "demo", "support"],
  ["/c/demo/support/", "demo", "support"],
  ["/calls/c/demo/support", "demo", "support", "/calls"],
  ["/a/c/b/c/demo/support", "demo", "support", "/a/c/b"],
])("%s names %s and %s", (pathname, organisation, queue, base = "") => {
  expect(readAddress({ pathname, search: "" }, "")).toMatchObject({ base, organisation, queue, isEmbedded: false });
});

test("the page in a tab of its own is the same one, with what was typed behind the #", () => {
  const href = "https://calls.example/c/demo/support?embed=1&lang=en";
  expect(ownTab({ href }, { name: "Chen", topic: "", phone: "+86 1" })).toBe("https://calls.example/c/demo/support?lang=en#name=Chen&phone=%2B86+1");
});

test.each(["/", "/c/", "/c/demo", "/c/Demo/support", "/c/demo/support/more", "/c/demo/%2e%2e"])("%s names nobody", (pathname) => {
  expect(readAddress({ pathname, search: "" }, "")).toBeNull();
});

test("the page the customer came from is told without what might be secret in it", () => {
  const search = `?embed=1&accent=%23336699&page=${encodeURIComponent("https://shop.example/cart?token=abc#x")}`;
  const address = readAddress({ pathname: "/c/demo/support", search }, "https://else.example/");
  expect(address).toMatchObject({ isEmbedded: true, accent: "#336699", page: "https://shop.example/cart" });
  expect(withoutSecrets("javascript:alert(1)")).toBeNull();
  expect(withoutSecrets("")).toBeNull();
});

test("only a plain colour is an accent", () => {
  expect([accentOf("#C8441B"), accentOf("c8441b"), accentOf("red;}"), accentOf("#fff"), accentOf(null)]).toEqual(
    ["#c8441b", "#c8441b", null, null, null],
  );
});

test("text on any accent keeps at least 4.5:1", () => {
  expect([textOn("#c8441b"), textOn("#ffd54a"), textOn("#1b3a6b")]).toEqual(["#ffffff", "#000000", "#ffffff"]);
});

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
const CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

test.each([
  [{ userAgent: IPHONE }, "Safari on iPhone"],
  [{ userAgent: MAC }, "Safari on macOS"],
  [{ userAgent: MAC, maxTouchPoints: 5 }, "Safari on iPad"],
  [{ userAgent: CHROME }, "Chrome on Windows"],
  [{ userAgent: `${CHROME} Edg/140.0` }, "Edge on Windows"],
  [{ userAgent: CHROME, userAgentData: { brands: [{ brand: "Not;A Brand" }, { brand: "Google Chrome" }], platform: "Windows" } }, "Chrome on Windows"],
  [{ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" }, "Firefox on Linux"],
  [{ userAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0" }, "WeChat on Android"],
  [{ userAgent: "something" }, "Unknown browser"],
])("%o is %s", (browser, words) => {
  expect(deviceInWords({ language: "en", ...browser })).toBe(words);
});

test("what is typed is trimmed and cut to what the server takes; nothing is nothing", () => {
  const draft = { ...EMPTY_DRAFT, name: "  Chen  ", topic: "路".repeat(500) };
  const caller = callerOf(draft, { userAgent: IPHONE, language: "zh-CN" }, "Asia/Shanghai", null, null);
  expect(caller).toMatchObject({ name: "Chen", phone: null, place: "Asia/Shanghai", language: "zh-CN", page: null });
  expect(Array.from(caller.topic ?? "")).toHaveLength(200);
});

test("a command's name is a UUIDv7 that carries its time", () => {
  const id = commandId(0x0192_0000_0000, new Uint8Array(16).fill(0xff));
  expect(id).toBe("01920000-0000-7fff-bfff-ffffffffffff");
});

test("initials suit Latin and Chinese names", () => {
  expect(["Anna Marsh", "Noor", "Ana de la Cruz", "陈玉兰", ""].map(initialsOf)).toEqual(["AM", "N", "AC", "玉兰", ""]);
});

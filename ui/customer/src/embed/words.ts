// What the launcher says by itself, before the page in its frame can. Every site loads it: few words.

import type { Reason } from "./reason";

export type Language = "en" | "zh-Hans" | "zh-Hant";

export interface Words {
  readonly call: string;
  readonly open: string;
  readonly close: string;
  readonly connecting: string;
  readonly ownTab: string;
  readonly again: string;
  readonly away: string;
  readonly unknown: string;
  /** Whatever else keeps the page from this place. */
  readonly notHere: string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    call: "Call us",
    open: "Open the call",
    close: "Close",
    connecting: "Connecting…",
    ownTab: "Open in its own tab",
    again: "Try again",
    away: "We cannot be reached. We keep trying; you may also come back later.",
    unknown: "Nobody can be called here. Please tell this site that its button leads nowhere.",
    notHere: "The call cannot be shown here. It works in a tab of its own.",
  },
  "zh-Hans": {
    call: "与我们通话",
    open: "打开通话",
    close: "关闭",
    connecting: "正在连接…",
    ownTab: "在单独的标签页中打开",
    again: "重试",
    away: "暂时无法联系到我们。正在自动重试，您也可以稍后再来。",
    unknown: "这里无法呼叫。请告知本网站：此按钮没有对应的服务团队。",
    notHere: "无法在此页面中显示通话，可以在单独的标签页中打开。",
  },
  "zh-Hant": {
    call: "與我們通話",
    open: "開啟通話",
    close: "關閉",
    connecting: "正在連線…",
    ownTab: "在單獨的分頁中開啟",
    again: "重試",
    away: "暫時無法聯絡到我們。正在自動重試，您也可以稍後再來。",
    unknown: "這裡無法撥打。請告知本網站：此按鈕沒有對應的服務團隊。",
    notHere: "無法在此頁面中顯示通話，可以在單獨的分頁中開啟。",
  },
};

export function languageOf(tag: string): Language {
  const wished = tag === "" ? navigator.language : tag;
  if (!/^(zh|yue)/i.test(wished)) return "en";
  return /hant|tw|hk|mo|yue/i.test(wished) ? "zh-Hant" : "zh-Hans";
}

export function reasonInWords(reason: Reason, words: Words): string {
  return reason === "away" || reason === "unknown" ? words[reason] : words.notHere;
}

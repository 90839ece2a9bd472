// Traditional Chinese: what several places say.
import type { common as english } from "../en/common";

export const common: Record<keyof typeof english, string> = {
  "cancel": "取消",
  "save": "儲存",
  "edit": "編輯",
  "close": "關閉",
  "someone": "同事",
  "as_is": "{text}",
  "unit.ms": "{n} 毫秒",
  "unit.percent": "{n}%",
  "time.today": "今天 {time}",
  "time.seconds_left": "{n} 秒",
  "rail": "導覽",
  "side": "對話側欄",
  "side.show": "客戶與歷史",
  "side.customer": "客戶",
  "side.history": "歷史紀錄",
  "side.devices": "使用中",
  "side.devices.change": "更換裝置",
};

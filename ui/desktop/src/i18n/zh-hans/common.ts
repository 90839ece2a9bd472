// Simplified Chinese: what several places say.
import type { common as english } from "../en/common";

export const common: Record<keyof typeof english, string> = {
  "cancel": "取消",
  "save": "保存",
  "edit": "编辑",
  "close": "关闭",
  "someone": "同事",
  "as_is": "{text}",
  "unit.ms": "{n} 毫秒",
  "unit.percent": "{n}%",
  "time.today": "今天 {time}",
  "time.seconds_left": "{n} 秒",
  "rail": "导航",
  "side": "会话旁栏",
  "side.show": "客户与历史",
  "side.customer": "客户",
  "side.history": "历史记录",
  "side.devices": "正在使用",
  "side.devices.change": "更换设备",
};

// Traditional Chinese: starting, signing in and out.
import type { signIn as english } from "../en/sign-in";

export const signIn: Record<keyof typeof english, string> = {
  "start.loading": "正在啟動",
  "start.fetching": "正在取得您的工作…",
  "start.failed": "Warmline 無法啟動",
  "start.again": "重試",
  "sign_in.title": "歡迎回來",
  "sign_in.intro": "登入後即可接聽。",
  "sign_in.server": "伺服器位址",
  "sign_in.organisation": "組織",
  "sign_in.user": "使用者名稱",
  "sign_in.password": "密碼",
  "sign_in.show": "顯示密碼",
  "sign_in.submit": "登入",
  "sign_in.busy": "正在登入…",
  "sign_in.key": "您會保持登入：金鑰保存在本機的金鑰圈中。沒有金鑰圈時只保存在記憶體裡，重新啟動後需要再次登入。",
  "sign_out": "登出",
  "sign_out.not_now": "請先結束對話，再登出。",
  "token.in_keyring": "登入資訊保存在本機的金鑰圈中。",
  "token.in_memory": "本機沒有可用的金鑰圈：登入資訊只保存在記憶體中，重新啟動後需要再次登入。解鎖或安裝金鑰圈即可保持登入。",
};

// Simplified Chinese: starting, signing in and out.
import type { signIn as english } from "../en/sign-in";

export const signIn: Record<keyof typeof english, string> = {
  "start.loading": "正在启动",
  "start.fetching": "正在获取您的工作…",
  "start.failed": "Warmline 无法启动",
  "start.again": "重试",
  "sign_in.title": "欢迎回来",
  "sign_in.intro": "登录后即可接听。",
  "sign_in.server": "服务器地址",
  "sign_in.organisation": "组织",
  "sign_in.user": "用户名",
  "sign_in.password": "密码",
  "sign_in.show": "显示密码",
  "sign_in.submit": "登录",
  "sign_in.busy": "正在登录…",
  "sign_in.key": "您会保持登录：密钥保存在本机的密钥环中。没有密钥环时只保存在内存里，重启后需要重新登录。",
  "sign_out": "退出登录",
  "sign_out.not_now": "请先结束会话，再退出登录。",
  "token.in_keyring": "登录信息保存在本机的密钥环中。",
  "token.in_memory": "本机没有可用的密钥环：登录信息只保存在内存中，重启后需要重新登录。解锁或安装密钥环即可保持登录。",
};

//! The few words the shell itself says, outside the screen: the tray and the ring's notification.

use protocol::desktop::Language;
use vocab::{AgentState, NotReadyReason};

/// One language's words. The screen has its own catalogue; these must agree with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) show: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) not_ready: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) ringing: &'static str,
    pub(crate) calling_back: &'static str,
    pub(crate) talking: &'static str,
    pub(crate) held: &'static str,
    pub(crate) wrap_up: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) microphone: &'static str,
    pub(crate) just_signed_in: &'static str,
    pub(crate) break_: &'static str,
    pub(crate) lunch: &'static str,
    pub(crate) meeting: &'static str,
    pub(crate) training: &'static str,
    pub(crate) admin: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) decline: &'static str,
    /// Follows the customer's name in a notification's title.
    pub(crate) calls: &'static str,
    /// The same for one who kept a place to be called back.
    pub(crate) awaits_callback: &'static str,
    pub(crate) somebody: &'static str,
    /// Why the computer stays awake, for who asks the system.
    pub(crate) in_a_conversation: &'static str,
}

static ENGLISH: Words = Words {
    show: "Show Warmline",
    quit: "Quit",
    ready: "Ready",
    not_ready: "Not ready",
    signed_out: "Signed out",
    offline: "Offline",
    ringing: "Ringing",
    calling_back: "Calling back",
    talking: "Talking",
    held: "On hold",
    wrap_up: "Wrapping up",
    missed: "Missed a call",
    microphone: "No microphone",
    just_signed_in: "Just signed in",
    break_: "Break",
    lunch: "Lunch",
    meeting: "Meeting",
    training: "Training",
    admin: "Admin",
    answer: "Answer",
    decline: "Decline",
    calls: " is calling",
    awaits_callback: " waits to be called back",
    somebody: "A customer",
    in_a_conversation: "In a conversation with a customer",
};

static SIMPLIFIED: Words = Words {
    show: "显示 Warmline",
    quit: "退出",
    ready: "就绪",
    not_ready: "未就绪",
    signed_out: "未登录",
    offline: "离线",
    ringing: "振铃中",
    calling_back: "正在回拨",
    talking: "通话中",
    held: "已保持",
    wrap_up: "话后整理",
    missed: "漏接来电",
    microphone: "没有麦克风",
    just_signed_in: "刚刚登录",
    break_: "小休",
    lunch: "午餐",
    meeting: "会议",
    training: "培训",
    admin: "行政事务",
    answer: "接听",
    decline: "拒接",
    calls: " 来电",
    awaits_callback: " 等待回拨",
    somebody: "客户",
    in_a_conversation: "正在与客户通话",
};

static TRADITIONAL: Words = Words {
    show: "顯示 Warmline",
    quit: "結束",
    ready: "就緒",
    not_ready: "未就緒",
    signed_out: "未登入",
    offline: "離線",
    ringing: "響鈴中",
    calling_back: "正在回撥",
    talking: "通話中",
    held: "已保留",
    wrap_up: "話後整理",
    missed: "漏接來電",
    microphone: "沒有麥克風",
    just_signed_in: "剛剛登入",
    break_: "小休",
    lunch: "午餐",
    meeting: "會議",
    training: "培訓",
    admin: "行政事務",
    answer: "接聽",
    decline: "拒接",
    calls: " 來電",
    awaits_callback: " 等待回撥",
    somebody: "客戶",
    in_a_conversation: "正在與客戶通話",
};

impl Words {
    /// `locale` decides when the person left the choice to the system: `zh_TW.UTF-8`, `en_GB`.
    pub(crate) fn of(language: Language, locale: &str) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::SimplifiedChinese => &SIMPLIFIED,
            Language::TraditionalChinese => &TRADITIONAL,
            Language::System => Self::of_locale(locale),
        }
    }

    fn of_locale(locale: &str) -> &'static Self {
        let locale = locale.to_ascii_lowercase().replace('_', "-");
        let is_traditional = ["zh-tw", "zh-hk", "zh-mo", "zh-hant"];
        if is_traditional.iter().any(|tag| locale.starts_with(tag)) {
            &TRADITIONAL
        } else if locale.starts_with("zh") {
            &SIMPLIFIED
        } else {
            &ENGLISH
        }
    }

    pub(crate) fn state(&self, state: AgentState) -> String {
        match state {
            AgentState::Offline => self.offline.to_owned(),
            AgentState::Ready => self.ready.to_owned(),
            AgentState::NotReady { reason } => {
                format!("{} · {}", self.not_ready, self.reason(reason))
            }
            AgentState::Ringing { .. } => self.ringing.to_owned(),
            AgentState::CallingBack { .. } => self.calling_back.to_owned(),
            AgentState::Talking { .. } => self.talking.to_owned(),
            AgentState::Held { .. } => self.held.to_owned(),
            AgentState::WrapUp { .. } => self.wrap_up.to_owned(),
        }
    }

    pub(crate) fn reason(&self, reason: NotReadyReason) -> &'static str {
        match reason {
            NotReadyReason::JustSignedIn => self.just_signed_in,
            NotReadyReason::Break => self.break_,
            NotReadyReason::Lunch => self.lunch,
            NotReadyReason::Meeting => self.meeting,
            NotReadyReason::Training => self.training,
            NotReadyReason::Admin => self.admin,
            NotReadyReason::Missed => self.missed,
            NotReadyReason::Microphone => self.microphone,
        }
    }
}

/// The system's locale as the environment names it; the first that is set wins, as POSIX has it.
pub(crate) fn system_locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_choice_beats_the_systems_locale() {
        let check = |language, locale, show: &str| {
            assert_eq!(
                Words::of(language, locale).show,
                show,
                "{language:?} {locale}"
            );
        };
        check(Language::English, "zh_CN.UTF-8", ENGLISH.show);
        check(Language::System, "zh_CN.UTF-8", SIMPLIFIED.show);
        check(Language::System, "zh_TW.UTF-8", TRADITIONAL.show);
        check(Language::System, "zh-Hant-HK", TRADITIONAL.show);
        check(Language::System, "C", ENGLISH.show);
        check(Language::System, "", ENGLISH.show);
    }

    #[test]
    fn a_state_is_said_with_its_reason() {
        let state = AgentState::NotReady {
            reason: NotReadyReason::Lunch,
        };
        assert_eq!(ENGLISH.state(state), "Not ready · Lunch");
    }
}

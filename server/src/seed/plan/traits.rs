//! What the demonstration's customers have beside name and contacts: how long they are customers, what they allowed, how
//! they like to be reached, their contract, what colleagues noted. From numbers of their own, so that who they are and
//! when they called does not hang on it.

use super::{DAY_MS, MINUTE_MS, Numbers, Person};
use protocol::record::{
    Consent, ConsentKind, ConsentSource, ContactChannel, ContactTime, Preferences,
};
use vocab::Millis;

/// 15 January 2013, when the company of the demonstration opened.
const OPENED: Millis = Millis(1_358_208_000_000);

/// Chen Yulan has been a customer for ten years.
const CHEN_DAYS: u64 = 3_660;

const ENGLISH_REMARKS: &[&str] = &[
    "Prefers to be called by first name.",
    "Technician needs the key from the neighbour at number 12.",
    "Second home in Porto from June to September.",
    "Reads every bill line by line: have the details at hand.",
];
const CHINESE_REMARKS: &[&str] = &[
    "上门前请提前半小时打电话。",
    "家里有两只狗，师傅上门要先说一声。",
    "账单请寄到公司地址。",
    "儿子代为联系，已经核对过身份。",
];

pub(super) fn give(person: &mut Person) {
    let number = u64::try_from(person.number).unwrap_or(0);
    let mut numbers = Numbers(number.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ 2_013);
    let is_chinese = person.language.starts_with("zh");
    person.since = since(person, &mut numbers);
    person.contract_label = if is_chinese { "合同号" } else { "Contract" };
    let days = person.since.0 / DAY_MS;
    // Close enough for a number: contracts are counted through the year in which they began.
    let year = 1970 + days * 400 / 146_097;
    person.contract = format!("NW-{year}-{:05}", 137 + number * 61 % 40_000);
    person.preferences = preferences(&mut numbers);
    person.consents = consents(person.since, &mut numbers);
    let remarks = if is_chinese {
        CHINESE_REMARKS
    } else {
        ENGLISH_REMARKS
    };
    if numbers.below(5) == 0 || number == 0 {
        person.remark = remarks.get(numbers.index(remarks.len())).copied();
    }
    if number == 0 {
        person.remark = CHINESE_REMARKS.first().copied();
        person.preferences = Preferences {
            channel: Some(ContactChannel::Voice),
            time: Some(ContactTime::Evening),
            site: None,
        };
    }
}

/// At some working hour between the opening and the first contact.
fn since(person: &Person, numbers: &mut Numbers) -> Millis {
    let first = person.days_ago.iter().map(|(days, _)| *days).max();
    let newest = first.unwrap_or(1) + 1;
    let open_days = person.today.0.saturating_sub(OPENED.0) / DAY_MS;
    let days = if person.number == 0 {
        CHEN_DAYS.min(open_days)
    } else if numbers.below(3) == 0 {
        // Their first question came with the contract.
        newest + numbers.below(60)
    } else {
        newest + numbers.below(open_days.saturating_sub(newest))
    };
    let minute = 9 * 60 + numbers.below(8 * 60);
    Millis(person.today.0.saturating_sub(days * DAY_MS)).plus(minute * MINUTE_MS)
}

fn preferences(numbers: &mut Numbers) -> Preferences {
    let channels = [
        None,
        None,
        Some(ContactChannel::Voice),
        Some(ContactChannel::Email),
        Some(ContactChannel::Sms),
        Some(ContactChannel::Chat),
    ];
    let times = [
        None,
        None,
        None,
        Some(ContactTime::Morning),
        Some(ContactTime::Afternoon),
        Some(ContactTime::Evening),
        Some(ContactTime::Weekend),
    ];
    Preferences {
        channel: numbers.of(&channels, None),
        time: numbers.of(&times, None),
        site: None,
    }
}

/// Most said something about recording when they became customers; fewer about the rest.
fn consents(since: Millis, numbers: &mut Numbers) -> Vec<Consent> {
    let kinds = [
        (ConsentKind::Recording, ConsentSource::CustomerPage, 7),
        (ConsentKind::Marketing, ConsentSource::Written, 5),
        (ConsentKind::Survey, ConsentSource::Conversation, 3),
        (ConsentKind::Prediction, ConsentSource::Written, 2),
    ];
    let mut given = Vec::new();
    for (kind, source, of_ten) in kinds {
        if numbers.below(10) < of_ten {
            given.push(Consent {
                kind,
                is_given: numbers.below(5) > 0,
                given_at: since,
                source,
            });
        }
    }
    given
}

//! Who the demonstration's customers are and when they called; no chance in it, only a counter.

mod traits;

use super::words::{
    CHINESE, CHINESE_FIRST, CHINESE_LAST, ENGLISH, ENGLISH_FIRST, ENGLISH_LAST, LABELS, Story,
};
use protocol::record::{Consent, Preferences};
use vocab::Millis;

/// The customer by whom a seeded organisation is known.
pub(super) const MARKER_PHONE: &str = "+86 138 0013 8000";
pub(super) const MARKER_KEY: &str = "+8613800138000";

const CUSTOMERS: usize = 200;
const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// How far back history goes: two years.
const DAYS: u64 = 730;

pub(super) struct Person {
    /// Their place in the list of people.
    pub(super) number: usize,
    /// When they became a customer, before their first contact.
    pub(super) since: Millis,
    pub(super) consents: Vec<Consent>,
    pub(super) preferences: Preferences,
    pub(super) contract_label: &'static str,
    pub(super) contract: String,
    /// What a colleague noted on the record.
    pub(super) remark: Option<&'static str>,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) language: &'static str,
    pub(super) device: &'static str,
    pub(super) place: &'static str,
    pub(super) is_vip: bool,
    pub(super) labels: Vec<&'static str>,
    pub(super) note: &'static str,
    /// When each of the contacts was, and the story's number; oldest first.
    days_ago: Vec<(u64, usize)>,
    today: Millis,
}

pub(super) struct Contact {
    pub(super) at: Millis,
    pub(super) person: usize,
    /// Which of the agents.
    pub(super) agent: usize,
    pub(super) wait_ms: u64,
    pub(super) talk_ms: u64,
    pub(super) hold_ms: u64,
    pub(super) is_abandoned: bool,
    pub(super) stars: Option<u8>,
    pub(super) story: &'static Story,
}

impl Person {
    /// To be filled in.
    fn nobody(number: usize) -> Self {
        Self {
            number,
            since: Millis::default(),
            consents: Vec::new(),
            preferences: Preferences::default(),
            contract_label: "",
            contract: String::new(),
            remark: None,
            name: String::new(),
            phone: String::new(),
            email: String::new(),
            language: "",
            device: "",
            place: "",
            is_vip: false,
            labels: Vec::new(),
            note: "",
            days_ago: Vec::new(),
            today: Millis::default(),
        }
    }
}

/// SplitMix64: evenly spread and the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }

    fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(u64::try_from(limit).unwrap_or(1))).unwrap_or(0)
    }

    fn of<T: Copy>(&mut self, items: &[T], otherwise: T) -> T {
        items
            .get(self.index(items.len()))
            .copied()
            .unwrap_or(otherwise)
    }
}

pub(super) fn people(now: Millis) -> Vec<Person> {
    let today = Millis(now.0 - now.0 % DAY_MS);
    let mut numbers = Numbers(20_240_601);
    let mut people = vec![chen_yulan(today)];
    while people.len() < CUSTOMERS {
        let number = people.len();
        people.push(person(number, today, &mut numbers));
    }
    people.iter_mut().for_each(traits::give);
    people
}

fn chen_yulan(today: Millis) -> Person {
    Person {
        name: "Chen Yulan".to_owned(),
        phone: MARKER_PHONE.to_owned(),
        email: "chen.yulan@example.cn".to_owned(),
        language: "zh-CN",
        device: "Chrome on Windows",
        place: "Asia/Shanghai",
        is_vip: true,
        labels: vec!["Broadband 500M", "Mobile ×2"],
        note: "Prefers Mandarin; English is fine. Works from home, so an outage by day is urgent.",
        days_ago: vec![(310, 2), (96, 1), (17, 0), (3, 7)],
        today,
        ..Person::nobody(0)
    }
}

/// Name, handle, phone, language and place.
type Traits = (String, String, String, &'static str, &'static str);

fn chinese(number: usize, digits: u64, numbers: &mut Numbers) -> Traits {
    let name = format!(
        "{}{}",
        numbers.of(CHINESE_LAST, "王"),
        numbers.of(CHINESE_FIRST, "静怡")
    );
    let phone = format!("+86 139 {:04} {digits:05}", 1_000 + numbers.below(9_000));
    let place = numbers.of(
        &["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei"],
        "Asia/Shanghai",
    );
    let language = match place {
        "Asia/Taipei" => "zh-TW",
        "Asia/Hong_Kong" => "zh-HK",
        _ => "zh-CN",
    };
    (name, format!("guest{number}"), phone, language, place)
}

fn english(number: usize, digits: u64, numbers: &mut Numbers) -> Traits {
    let first = numbers.of(ENGLISH_FIRST, "Clara");
    let last = numbers.of(ENGLISH_LAST, "Hughes");
    let phone = format!("+44 20 7946 {digits:05}");
    let plain: String = last.chars().filter(char::is_ascii_alphabetic).collect();
    let handle = format!("{}.{}{number}", first.to_lowercase(), plain.to_lowercase());
    let place = numbers.of(
        &["Europe/London", "Europe/Dublin", "Europe/Berlin"],
        "Europe/London",
    );
    (format!("{first} {last}"), handle, phone, "en-GB", place)
}

fn person(number: usize, today: Millis, numbers: &mut Numbers) -> Person {
    let is_chinese = numbers.below(10) < 4;
    let digits = 10_000 + u64::try_from(number).unwrap_or(0) * 37;
    let (name, handle, phone, language, place) = if is_chinese {
        chinese(number, digits, numbers)
    } else {
        english(number, digits, numbers)
    };
    let contacts = numbers.below(7);
    let mut days_ago: Vec<(u64, usize)> = (0..contacts)
        .map(|_| (1 + numbers.below(DAYS), 0))
        .collect();
    days_ago.sort_by_key(|(days, _)| std::cmp::Reverse(*days));
    // Nobody calls about the same thing twice.
    let first_story = numbers.index(64);
    for (position, (_, story)) in days_ago.iter_mut().enumerate() {
        *story = first_story + position;
    }
    let mut labels: Vec<&'static str> = (0..1 + numbers.below(2))
        .map(|_| numbers.of(LABELS, "Mobile"))
        .collect();
    labels.dedup();
    let notes = [
        "",
        "",
        "",
        "Hard of hearing: speak slowly and clearly.",
        "Pays by invoice on the 15th.",
        "Please call after 17:00 only.",
    ];
    Person {
        name,
        phone,
        email: format!("{handle}@example.com"),
        language,
        device: numbers.of(
            &[
                "Chrome on Windows",
                "Safari on iPhone",
                "Chrome on Android",
                "Firefox on Linux",
            ],
            "Chrome on Windows",
        ),
        place,
        is_vip: numbers.below(12) == 0,
        labels,
        note: numbers.of(&notes, ""),
        days_ago,
        today,
        ..Person::nobody(number)
    }
}

/// Every contact of everybody, oldest first and never two at once: one after the other is believable enough.
pub(super) fn contacts(people: &[Person]) -> Vec<Contact> {
    let mut numbers = Numbers(7);
    let mut contacts: Vec<Contact> = people
        .iter()
        .enumerate()
        .flat_map(|(index, person)| {
            let numbers = &mut numbers;
            person
                .days_ago
                .iter()
                .map(|(days, story)| contact(index, person, *days, *story, numbers))
                .collect::<Vec<_>>()
        })
        .collect();
    contacts.sort_by_key(|contact| contact.at);
    let mut free_at = Millis(0);
    for contact in &mut contacts {
        contact.at = contact.at.max(free_at);
        free_at = contact
            .at
            .plus(contact.wait_ms + contact.talk_ms + 5 * MINUTE_MS);
    }
    contacts
}

fn contact(
    person_index: usize,
    person: &Person,
    days_ago: u64,
    story: usize,
    numbers: &mut Numbers,
) -> Contact {
    let stories = if person.language.starts_with("zh") {
        CHINESE
    } else {
        ENGLISH
    };
    let story = &stories[story % stories.len()];
    // Between eight and eighteen o'clock, UTC.
    let minute = 8 * 60 + numbers.below(10 * 60);
    let at = Millis(person.today.0.saturating_sub(days_ago * DAY_MS)).plus(minute * MINUTE_MS);
    let is_abandoned = person_index != 0 && numbers.below(14) == 0;
    let is_rated = numbers.below(3) == 0;
    Contact {
        at,
        person: person_index,
        agent: numbers.index(2),
        wait_ms: 6_000 + numbers.below(90_000),
        talk_ms: 90_000 + numbers.below(600_000),
        hold_ms: if numbers.below(5) == 0 {
            15_000 + numbers.below(20_000)
        } else {
            0
        },
        is_abandoned,
        stars: is_rated.then(|| numbers.of(&[5, 5, 4, 4, 5, 3, 2], 5)),
        story,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_people_call_at_the_same_times_wherever_it_is_made() {
        let now = Millis(1_760_000_000_000);
        let (one, other) = (people(now), people(now));
        assert_eq!(one.len(), CUSTOMERS);
        let names = |people: &[Person]| -> Vec<String> {
            people
                .iter()
                .map(|person| format!("{} {}", person.name, person.phone))
                .collect()
        };
        assert_eq!(names(&one), names(&other));
        let times = |people: &[Person]| -> Vec<Millis> {
            contacts(people).iter().map(|contact| contact.at).collect()
        };
        assert_eq!(times(&one), times(&other));
        assert!(times(&one).iter().all(|at| *at < now));
        for person in &one {
            let first = person.days_ago.iter().map(|(days, _)| *days).max();
            let first = now.0 - first.unwrap_or(0) * DAY_MS;
            assert!(
                (1_358_000_000_000..=first).contains(&person.since.0),
                "{}",
                person.name
            );
        }
        let years = |from: u64| one.iter().filter(|person| person.since.0 < from).count();
        // Before 2016, before 2020, before 2024: customers of many years.
        assert!(years(1_451_606_400_000) > 20 && years(1_577_836_800_000) > 60);
        assert!(years(1_704_067_200_000) < 190);
        let mut phones: Vec<&str> = one.iter().map(|person| person.phone.as_str()).collect();
        phones.sort_unstable();
        phones.dedup();
        assert_eq!(phones.len(), CUSTOMERS, "phones tell people apart");
    }
}

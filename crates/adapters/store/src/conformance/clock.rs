//! Cases about a wall clock that is set: order does not depend on it, durations stay, and nothing becomes old by it.

use super::Case;
use super::script::{STAMP, Script, before, caller};
use crate::{Entry, OrganisationStore, RecordEvent};
use acd::Command;
use timekeeping::{Ages, Boot, Kept, Mark, Span};
use vocab::Millis;

pub(super) const CASES: &[Case] = &[
    ("what is under way lasts as long as it did", durations),
    ("histories are in the order in which it happened", order),
    ("entries are found by the clock as it is set now", entries),
    ("what was said of the clock is kept", marks),
    ("what is old is found wherever it lies", spans),
];

fn set(script: &mut Script, at: u64, by_ms: i64) {
    script.routes(at, Command::ClockStepped { by_ms });
}

fn durations(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000_000);
    let agent = script.anna;
    let over = script.customer(2_000_000, 1, "Chen Yulan");
    let over = script.whole_call(2_000_000, over);
    let customer = script.customer(2_020_000, 2, "Zoë Müller");
    let interaction = script.enters(2_020_000, customer);
    set(&mut script, 9_022_000, 7_000_000);
    script.routes(9_025_000, Command::AcceptOffer { agent, interaction });
    set(&mut script, 1_030_000, -8_000_000);
    script.routes(1_031_000, Command::AgentHangsUp { agent, interaction });
    let history = store.history().unwrap();
    let check = || {
        let detail = history.interaction(interaction).unwrap().unwrap();
        let summary = detail.summary;
        assert_eq!(summary.entered_at, Millis(1_020_000));
        assert_eq!(summary.answered_at, Some(Millis(1_025_000)));
        assert_eq!(summary.ended_at, Some(Millis(1_031_000)));
        let times: Vec<u64> = detail.happened.iter().map(|one| one.at.0).collect();
        assert!(times.is_sorted(), "{times:?}");
        let first = history.interaction(over).unwrap().unwrap().summary;
        assert_eq!(first.entered_at, Millis(2_000_000), "it was over before");
    };
    check();
    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(recovered.center, script.center);
    assert_eq!(recovered.center.stepped_ms(), -1_000_000);
    check();
}

fn order(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000_000);
    let chen = script.customer(2_000_000, 1, "Chen Yulan");
    let details = |interaction| RecordEvent::CallerDetails {
        interaction,
        details: crate::CallerDetails {
            visitor: Some(vocab::Sensitive::new("browser".to_owned())),
            ..caller("router")
        },
    };
    let first = script.whole_call(2_000_000, chen);
    script.records(2_009_000, details(first));
    set(&mut script, 802_010_000, 800_000_000);
    let second = script.enters(802_020_000, chen);
    script.records(802_020_000, details(second));
    script.routes(
        802_021_000,
        Command::CustomerHangsUp {
            interaction: second,
        },
    );
    set(&mut script, 2_030_000, -800_000_000);
    let third = script.whole_call(2_040_000, chen);
    script.records(2_049_000, details(third));
    let history = store.history().unwrap();
    let page = history.timeline(chen, None, 2).unwrap();
    let ids = |page: &protocol::rest::Timeline| -> Vec<_> {
        page.interactions
            .iter()
            .map(|one| one.interaction)
            .collect()
    };
    assert_eq!(ids(&page), [third, second]);
    let page = history.timeline(chen, Some(second), 2).unwrap();
    assert_eq!(ids(&page), [first]);
    let newest = history.newest_of_visitor("browser").unwrap();
    assert_eq!(newest.unwrap().interaction, third);
    assert_eq!(history.last_agent(chen).unwrap(), Some(script.anna));
    // The last contact is the last that there was, not the one that the clock showed furthest ahead.
    let due = history.customers_due(&before(2_040_001), 9).unwrap();
    assert_eq!(due, [chen]);
}

fn entries(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000_000);
    let begun = script.seq;
    let chen = script.customer(2_005_000, 1, "Chen Yulan");
    set(&mut script, 802_010_000, 800_000_000);
    let wrong = script.seq;
    script.enters(802_020_000, chen);
    let before_right = script.seq;
    let past = store.past().unwrap();
    assert_eq!(past.last_before(Millis(802_005_000)).unwrap(), begun);
    assert_eq!(past.last_before(Millis(802_005_001)).unwrap(), begun + 1);
    set(&mut script, 2_030_000, -800_000_000);
    assert_eq!(past.last_before(Millis(2_005_001)).unwrap(), begun + 1);
    assert_eq!(past.last_before(Millis(2_010_001)).unwrap(), wrong);
    assert_eq!(past.last_before(Millis(2_020_001)).unwrap(), before_right);
    assert_eq!(past.last_before(Millis(u64::MAX)).unwrap(), script.seq);
    assert_eq!(
        past.steps_after(0).unwrap(),
        [(wrong, 800_000_000), (before_right + 1, -800_000_000)]
    );
    assert_eq!(past.steps_after(wrong).unwrap().len(), 1);
}

fn marks(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let mut accounts = store.accounts().unwrap();
    let fresh = accounts.clock().unwrap();
    assert_eq!((fresh.marks, fresh.kept), (vec![], None));
    set(&mut script, 802_000_000, 800_000_000);
    accounts.confirm_clock(STAMP, None).unwrap();
    set(&mut script, 2_000_000, -800_000_000);
    for (steady, boot) in [(1_000, None), (5_000, Some("one start".to_owned()))] {
        let boot = Boot {
            id: boot,
            at_ms: 77,
        };
        let steady = Millis(steady);
        let kept = Kept { steady, boot };
        accounts.keep_clock(&kept).unwrap();
        assert_eq!(accounts.clock().unwrap().kept, Some(kept));
    }
    let state = accounts.clock().unwrap();
    let step = |at, by_ms| Mark::Step {
        at: Millis(at),
        by_ms,
    };
    assert_eq!(
        state.marks,
        [
            step(802_000_000, 800_000_000),
            Mark::Confirmed,
            step(2_000_000, -800_000_000)
        ]
    );
    assert_eq!(state.newest, Some((script.seq, Millis(2_000_000))));
    let trail = accounts.audit(None, 1).unwrap();
    assert_eq!(trail[0].what, "clock_confirmed");
}

fn spans(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000_000);
    let [a, b, c] = [1, 2, 3].map(|id| script.customer(2_000_000, id, "Chen Yulan"));
    let [one, two, three] =
        [(2_000_000, a), (3_000_000, b), (4_000_000, c)].map(|(at, id)| script.whole_call(at, id));
    let history = store.history().unwrap();
    let span = |from, before| Span {
        from: Millis(from),
        before: Millis(before),
    };
    let apart = [span(0, 2_500_000), span(3_500_000, u64::MAX)];
    assert_eq!(history.interactions_due(&apart, 9).unwrap(), [one, three]);
    assert_eq!(history.customers_due(&apart, 9).unwrap(), [a, c]);
    assert_eq!(history.interactions_due(&[], 9).unwrap(), []);
    // A note that is young keeps what is old.
    let event = RecordEvent::NoteSaved {
        interaction: three,
        agent: script.anna,
        text: vocab::Sensitive::new("Late".to_owned()),
    };
    script.append(3_000_000, vec![Entry::Record { event }]);
    assert_eq!(history.interactions_due(&apart, 9).unwrap(), [one]);
    assert_eq!(
        history.interactions_due(&before(9_000_000), 9).unwrap(),
        [one, two, three]
    );
    // Nothing is older than an hour where only the clock says so.
    let hour = 3_600_000;
    let at = Millis(4_009_000 + 24 * hour);
    let by_ms = (24 * hour).cast_signed();
    let ages = Ages::of([Mark::Step { at, by_ms }]);
    let old = ages.older_than(hour, Millis(4_009_000));
    assert_eq!(history.interactions_due(&old, 9).unwrap(), []);
}

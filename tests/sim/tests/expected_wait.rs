//! What customers are told about their wait is near enough to what comes.

use sim::forecast::{cases, measure};

#[test]
fn the_expected_wait_is_hardly_biased_and_as_near_as_chance_allows() {
    for case in cases(48) {
        let found = measure(&case, 1).expect("a good scene");
        let name = case.0;
        println!("{name}: {found:?}");
        assert!(found.waited > 500, "{name}: {found:?}");
        assert!(found.bias.abs() <= 0.25, "{name}: {found:?}");
        assert!(found.error <= 0.75, "{name}: {found:?}");
        assert!(found.untold * 20 <= found.waited, "{name}: {found:?}");
    }
}

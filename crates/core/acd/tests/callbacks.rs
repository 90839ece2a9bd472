//! Places kept for a callback, one transcript a rule; `transcript` says how to read them.

#[cfg(test)]
mod transcript;

use transcript::check;

#[test]
fn a_kept_place_is_called_back_in_its_turn_and_the_answer_begins_the_conversation() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 enter c2 q1
         entered i2 c2 q1
         @3000 keep_place i1
         kept i1
         @3000 position i1
         position 1
         @4000 on_duty a1
         on_duty a1
         offer i1 a1 until 24000
         @5000 accept a1 i1
         calls_back i1 a1 until 35000
         @5000 position i2
         position 2
         @6000 answer i1
         accepted i1 a1
         @6000 ? i1
         talking a1 since 6000
         @9000 hang_up a1 i1
         ended i1 a1 agent wrap_up 69000",
    );
}

#[test]
fn a_page_out_of_reach_is_skipped_without_losing_its_place_and_offered_at_once_when_it_is_back() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 keep_place i1
         kept i1
         @3000 customer_away i1
         customer_away i1 until 603000
         @4000 enter c2 q1
         entered i2 c2 q1
         @5000 on_duty a1
         on_duty a1
         offer i2 a1 until 25000
         @6000 enter c3 q1
         entered i3 c3 q1
         @7000 accept a1 i2
         accepted i2 a1
         @8000 position i1
         position 1
         @9000 customer_back i1
         customer_back i1
         @10000 hang_up a1 i2
         ended i2 a1 agent wrap_up 70000
         @11000 finish a1 i2 -
         wrapped_up i2 a1 -
         offer i1 a1 until 31000",
    );
}

#[test]
fn a_callback_that_nobody_answers_frees_the_agent_and_rests_with_its_place() {
    check(
        "given a1 rings for c1 who asked to be called back
         @4000 accept a1 i1
         calls_back i1 a1 until 34000
         @34000 tick
         callback_missed i1 a1 rang_out rests 154000
         @35000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 55000
         @36000 position i1
         position 1
         @37000 accept a1 i2
         accepted i2 a1
         @38000 hang_up a1 i2
         ended i2 a1 agent wrap_up 98000
         @39000 finish a1 i2 -
         wrapped_up i2 a1 -
         @154000 tick
         rested i1
         offer i1 a1 until 174000",
    );
}

#[test]
fn a_customer_who_is_there_again_need_not_sit_out_the_rest() {
    check(
        "given a1 rings for c1 who asked to be called back
         @4000 accept a1 i1
         calls_back i1 a1 until 34000
         @5000 not_now i1
         callback_missed i1 a1 declined rests 125000
         @6000 customer_away i1
         customer_away i1 until 606000
         @7000 customer_back i1
         customer_back i1
         @8000 keep_place i1
         rested i1
         offer i1 a1 until 28000",
    );
}

#[test]
fn after_three_tries_the_place_is_given_up() {
    check(
        "given a1 rings for c1 who asked to be called back
         @4000 accept a1 i1
         calls_back i1 a1 until 34000
         @5000 hang_up a1 i1
         callback_missed i1 a1 agent_stopped rests 125000
         @125000 tick
         rested i1
         offer i1 a1 until 145000
         @126000 accept a1 i1
         calls_back i1 a1 until 156000
         @156000 tick
         callback_missed i1 a1 rang_out rests 276000
         @276000 tick
         rested i1
         offer i1 a1 until 296000
         @277000 accept a1 i1
         calls_back i1 a1 until 307000
         @278000 next a1 not_ready:lunch
         next a1 not_ready:lunch
         @279000 not_now i1
         callback_missed i1 a1 declined rests 399000
         abandoned i1 callback_missed
         state a1 not_ready:lunch
         @280000 answer i1
         refused unknown_interaction",
    );
}

#[test]
fn a_place_is_kept_for_a_limit_only() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 keep_place i1
         kept i1
         @3000 customer_away i1
         customer_away i1 until 603000
         @602999 tick
         @603000 tick
         abandoned i1 callback_missed",
    );
}

#[test]
fn no_agent_goes_on_ringing_for_a_page_that_is_gone() {
    check(
        "given a1 rings for c1 who asked to be called back
         @4000 customer_away i1
         customer_away i1 until 604000
         withdrawn i1 a1 customer_away
         @5000 customer_back i1
         customer_back i1
         offer i1 a1 until 25000",
    );
}

#[test]
fn a_customer_may_wait_on_the_line_again_or_cancel_while_the_page_rings() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 enter c2 q1
         entered i2 c2 q1
         @3000 keep_place i1
         kept i1
         @4000 on_line i1
         on_line i1
         @4000 position i1
         position 1
         @5000 on_duty a1
         on_duty a1
         offer i1 a1 until 25000
         @6000 accept a1 i1
         accepted i1 a1
         @6000 keep_place i1
         refused not_now
         @7000 keep_place i2
         kept i2
         @8000 on_duty a2
         on_duty a2
         offer i2 a2 until 28000
         @9000 accept a2 i2
         calls_back i2 a2 until 39000
         @10000 leave i2
         withdrawn i2 a2 customer_left
         abandoned i2 customer",
    );
}

#[test]
fn an_agent_lost_while_calling_back_costs_the_customer_nothing() {
    check(
        "@1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 23000
         @4000 keep_place i1
         kept i1
         @5000 accept a1 i1
         calls_back i1 a1 until 35000
         @6000 disconnect a1
         away a1 lease 8500 grace 66000
         @8500 tick
         withdrawn i1 a1 agent_away
         offer i1 a2 until 28500
         @9000 accept a2 i1
         calls_back i1 a2 until 39000
         @10000 answer i1
         accepted i1 a2",
    );
}

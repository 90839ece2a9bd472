//! Hold, end, wrap-up and chosen states, one transcript a rule; `transcript` says how to read them.

#[cfg(test)]
mod transcript;

use transcript::check;

#[test]
fn hold_and_resume_keep_the_moment_of_the_answer() {
    check(
        "given a1 talks with c1
         @4000 resume a1 i1
         refused not_now
         @4000 hold a1 i1
         held i1 a1
         @5000 hold a1 i1
         refused not_now
         @5000 hold a2 i1
         refused not_yours
         @6000 resume a1 i1
         resumed i1 a1
         @6000 ? i1
         talking a1 since 3000
         @7000 leave i1
         ended i1 a1 customer wrap_up 67000
         @7000 hang_up a1 i1
         refused not_now",
    );
}

#[test]
fn wrap_up_ends_by_itself_and_is_extended_once() {
    check(
        "given a1 talks with c1
         @4000 extend a1 i1
         refused not_now
         @10000 hang_up a1 i1
         ended i1 a1 agent wrap_up 70000
         @20000 extend a1 i1
         extended i1 a1 130000
         @21000 extend a1 i1
         refused already_extended
         @22000 enter c1 q1
         entered i2 c1 q1
         @130000 tick
         wrapped_up i1 a1 - timed_out
         offer i2 a1 until 150000",
    );
}

#[test]
fn a_queue_without_wrap_up_frees_the_agent_at_the_end() {
    check(
        "@1000 on_duty a3
         on_duty a3
         @2000 enter c1 q2
         entered i1 c1 q2
         offer i1 a3 until 12000
         @3000 accept a3 i1
         accepted i1 a3
         @4000 enter c2 q2
         entered i2 c2 q2
         @5000 leave i1
         ended i1 a3 customer no_wrap_up
         offer i2 a3 until 15000
         @6000 finish a3 i1 solved
         refused unknown_interaction",
    );
}

#[test]
fn a_state_chosen_at_work_is_taken_after_it() {
    check(
        "given a1 talks with c1
         @4000 not_ready a1 lunch
         next a1 not_ready:lunch
         @4500 next a1 not_ready:lunch
         @5000 next a1 -
         next a1 -
         @6000 next a1 not_ready:meeting
         next a1 not_ready:meeting
         @7000 hang_up a1 i1
         ended i1 a1 agent wrap_up 67000
         @8000 finish a1 i1 -
         wrapped_up i1 a1 -
         state a1 not_ready:meeting
         @9000 next a1 ready
         state a1 ready",
    );
}

#[test]
fn only_people_choose_and_only_sensible_reasons() {
    check(
        "@1000 ready a1
         refused not_now
         @1000 connect a1
         online a1
         @2000 not_ready a1 missed
         refused not_now
         @2000 not_ready a1 break
         state a1 not_ready:break
         @3000 not_ready a1 break",
    );
}

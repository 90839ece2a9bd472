//! Why this agent: what the engine saw when it decided, in words.

use crate::check;

#[test]
fn everybody_is_ranked_or_ruled_out_with_the_reason() {
    check(
        "queue q1 needs s1:3
         agent a1 serves q1 knows s1:3
         agent a2 serves q1 knows s1:4
         agent a3 serves q1 knows s1:2
         agent a4 serves q1 knows s1:5
         agent a5 serves q1 knows s1:5
         agent a6
         @1000 on_duty a2
         on_duty a2
         @2000 on_duty a1
         on_duty a1
         @3000 on_duty a3
         on_duty a3
         @4000 connect a4
         online a4
         @9000 enter c1 q1
         entered i1 c1 q1
         offer i1 a2 until 29000
         @9500 why i1
         q1 longest_idle position 1 waited 0 ring 1 rings a2
         1. a2 load 0, idle since 1000
         2. a1 load 0, idle since 2000
         not a3 s1: has 2, needs 3
         not a4 not ready: just_signed_in
         not a5 offline",
    );
}

#[test]
fn work_at_hand_and_lost_links_are_reasons() {
    check(
        "queue q1 weight 2
         agent a1 serves q1
         agent a2 serves q1
         agent a3 serves q1 capacity 2
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 on_duty a3
         on_duty a3
         @4000 enter c1 q1 voice
         entered i1 c1 q1
         offer i1 a1 until 24000
         @5000 disconnect a2
         away a2 lease 7500 grace 65000
         @6000 enter c2 q1 chat
         entered i2 c2 q1
         offer i2 a3 until 26000
         @7000 enter c3 q1 chat
         entered i3 c3 q1
         @8000 why i3
         q1 longest_idle position 3 waited 0 ring 0 rings
         not a1 in a conversation
         not a2 away
         not a3 no room: 2 of 2 used, 2 needed",
    );
}

#[test]
fn the_last_agent_and_whoever_declined_are_named() {
    check(
        "queue q1 last_agent 15000
         agent a1 serves q1
         agent a2 serves q1
         patience rejects 3
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1 last a2
         entered i1 c1 q1
         kept_for i1 a2 until 18000
         offer i1 a2 until 23000
         @4000 why i1
         q1 longest_idle position 1 waited 0 ring 0 kept_for a2 rings a2
         1. a2 spoke last
         not a1 kept for another
         @5000 decline a2 i1
         declined i1 a2 not_back 65000
         offer i1 a1 until 25000
         @6000 why i1
         q1 longest_idle position 1 waited 2000 ring 0 rings a1
         1. a1 load 0, idle since 1000
         not a2 declined or passed it on",
    );
}

#[test]
fn each_strategy_is_told_by_its_own_measure() {
    check(
        "queue q1 strategy most_skilled needs s1:1
         queue q2 strategy fewest_handled
         queue q3 strategy round_robin
         agent a1 serves q1 q2 q3 knows s1:2
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2000 why i1
         q1 most_skilled position 1 waited 0 ring 1 rings a1
         1. a1 skill 2, idle since 1000
         @3000 enter c2 q2 chat
         entered i2 c2 q2
         offer i2 a1 until 23000
         @3000 why i2
         q2 fewest_handled position 1 waited 0 ring 0 rings a1
         1. a1 load 1, handled 0, idle since 1000
         @4000 enter c3 q3 chat
         entered i3 c3 q3
         offer i3 a1 until 24000
         @4000 why i3
         q3 round_robin position 1 waited 0 ring 0 rings a1
         1. a1 first turn",
    );
}

//! How much an agent has at a time: one live conversation, several asynchronous ones by weight.

use crate::check;

#[test]
fn an_agent_has_one_conversation_at_a_time_and_several_chats() {
    check(
        "queue q1
         agent a1 serves q1 capacity 2
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 enter c2 q1 chat
         entered i2 c2 q1
         offer i2 a1 until 23000
         @4000 enter c3 q1 chat
         entered i3 c3 q1
         @5000 enter c4 q1 voice
         entered i4 c4 q1
         @6000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         offer i3 a1 until 26000",
    );
}

#[test]
fn while_somebody_speaks_nothing_else_rings() {
    check(
        "queue q1 interruptible
         agent a1 serves q1 capacity 5
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 video
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q1 chat
         entered i2 c2 q1
         @5000 enter c3 q1 voice
         entered i3 c3 q1
         @6000 hang_up a1 i1
         ended i1 a1 agent no_wrap_up
         offer i2 a1 until 26000
         offer i3 a1 until 26000",
    );
}

#[test]
fn work_weighs_what_its_queue_says() {
    check(
        "queue q1 weight 2
         queue q2 weight 1
         agent a1 serves q1 q2 capacity 3
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 enter c2 q1 chat
         entered i2 c2 q1
         @4000 enter c3 q2 email
         entered i3 c3 q2
         offer i3 a1 until 24000
         @5000 leave i3
         withdrawn i3 a1 customer_left
         abandoned i3 customer
         @6000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         offer i2 a1 until 26000",
    );
}

#[test]
fn mail_may_be_interrupted_by_a_call_and_a_chat_may_not() {
    check(
        "queue q1 interruptible
         queue q2
         queue q3
         agent a1 serves q1 q3 capacity 3
         agent a2 serves q2 q3 capacity 3
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1 email
         entered i1 c1 q1
         offer i1 a1 until 23000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q2 chat
         entered i2 c2 q2
         offer i2 a2 until 24000
         @4000 accept a2 i2
         accepted i2 a2
         @5000 enter c3 q3 voice
         entered i3 c3 q3
         offer i3 a1 until 25000
         @6000 enter c4 q3 voice
         entered i4 c4 q3
         @7000 hang_up a2 i2
         ended i2 a2 agent no_wrap_up
         offer i4 a2 until 27000",
    );
}

#[test]
fn an_agent_without_capacity_has_calls_only() {
    check(
        "queue q1
         agent a1 serves q1 capacity 0
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 sms
         entered i1 c1 q1
         @3000 enter c2 q1 voice
         entered i2 c2 q1
         offer i2 a1 until 23000",
    );
}

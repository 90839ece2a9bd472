//! A bad network: a UDP relay on 127.0.0.1 that loses and delays the sound towards one receiver.
//!
//! What happens to a packet follows from its sequence number and a seed alone, so that relays with the same seed treat
//! the same stream alike. RTP's header is in the clear in SRTP (RFC 3711, section 3.1).

use std::collections::BinaryHeap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the relays do to sound now; shared, so that all change at once.
#[derive(Clone, Copy, Default)]
pub(crate) struct Impairment {
    /// 0–1, each packet by itself.
    pub(crate) loss: f64,
    /// Each packet waits for a time between none and this.
    pub(crate) jitter: Duration,
    pub(crate) seed: u64,
}

/// Sound packets since the beginning.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) came: u32,
    pub(crate) lost: u32,
}

pub(crate) struct Relay {
    /// Where the sender finds the receiver.
    pub(crate) near: u16,
    /// Where the receiver finds the sender.
    pub(crate) far: u16,
    counts: Arc<Mutex<Counts>>,
}

impl Relay {
    /// A relay for the sender at `sender`; the receiver is whoever speaks first at the far side.
    pub(crate) fn start(sender: u16, impairment: Arc<Mutex<Impairment>>) -> std::io::Result<Self> {
        let near = UdpSocket::bind("127.0.0.1:0")?;
        let far = UdpSocket::bind("0.0.0.0:0")?;
        for socket in [&near, &far] {
            socket.set_read_timeout(Some(Duration::from_millis(1)))?;
        }
        let counts = Arc::default();
        let relay = Self {
            near: near.local_addr()?.port(),
            far: far.local_addr()?.port(),
            counts: Arc::clone(&counts),
        };
        let sender = SocketAddr::from(([127, 0, 0, 1], sender));
        // It ends with the process.
        std::thread::spawn(move || carry(&near, &far, sender, &impairment, &counts));
        Ok(relay)
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.lock().map(|counts| *counts).unwrap_or_default()
    }
}

/// The sequence number of an RTP packet with sound; none for RTCP, STUN and DTLS, which always pass (RFC 7983).
fn sequence(packet: &[u8]) -> Option<u16> {
    let [first, second, high, low, ..] = *packet else {
        return None;
    };
    let is_sound = (128..192).contains(&first) && !(192..224).contains(&second);
    is_sound.then(|| u16::from_be_bytes([high, low]))
}

/// The `which`th random number of a packet, 0–1 (SplitMix64; Steele, Lea and Flood 2014).
fn dice(seed: u64, sequence: u16, which: u64) -> f64 {
    let mut z = (seed << 20 | u64::from(sequence) << 2 | which)
        .wrapping_add(1)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

type Waiting = std::cmp::Reverse<(Instant, u64, Vec<u8>)>;

fn carry(
    near: &UdpSocket,
    far: &UdpSocket,
    sender: SocketAddr,
    impairment: &Mutex<Impairment>,
    counts: &Mutex<Counts>,
) {
    let mut receiver = None;
    let mut waiting: BinaryHeap<Waiting> = BinaryHeap::new();
    let (mut buffer, mut number) = ([0; 2_048], 0);
    loop {
        if let Ok((length, _)) = near.recv_from(&mut buffer) {
            let packet = buffer[..length].to_vec();
            let now = *impairment.lock().unwrap();
            number += 1;
            let mut due = Instant::now();
            let mut is_lost = false;
            if let Some(sequence) = sequence(&packet) {
                is_lost = dice(now.seed, sequence, 0) < now.loss;
                due += now.jitter.mul_f64(dice(now.seed, sequence, 1));
                let mut counts = counts.lock().unwrap();
                counts.came += 1;
                counts.lost += u32::from(is_lost);
            }
            if !is_lost {
                waiting.push(std::cmp::Reverse((due, number, packet)));
            }
        }
        while waiting
            .peek()
            .is_some_and(|next| next.0.0 <= Instant::now())
        {
            if let (Some(std::cmp::Reverse((_, _, packet))), Some(to)) = (waiting.pop(), receiver) {
                far.send_to(&packet, to).ok();
            }
        }
        if let Ok((length, from)) = far.recv_from(&mut buffer)
            && *receiver.get_or_insert(from) == from
        {
            near.send_to(&buffer[..length], sender).ok();
        }
    }
}

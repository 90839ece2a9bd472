//! A bad network: a UDP proxy on 127.0.0.1 that loses and delays what passes towards one end.

use std::collections::BinaryHeap;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// The first bytes of RTP; what is smaller or begins otherwise (STUN, DTLS) always passes.
fn is_media(packet: &[u8]) -> bool {
    packet
        .first()
        .is_some_and(|first| (128..192).contains(first))
        && packet
            .get(1)
            .is_some_and(|second| !(192..224).contains(second))
}

/// Steps of the same pseudo-random numbers each run (a linear congruence; Knuth's constants), 0–1.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}

/// Rewrites the candidates of a description so that the way to its maker leads through a new proxy.
pub(crate) fn through(sdp: &str, loss: f64, jitter: Duration) -> std::io::Result<String> {
    let port = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=candidate:"))
        .find_map(|candidate| candidate.split_whitespace().nth(5)?.parse::<u16>().ok())
        .ok_or_else(|| std::io::Error::other("a description without candidates"))?;
    let far = SocketAddr::from(([127, 0, 0, 1], port));
    let (near_side, far_side) = (
        UdpSocket::bind("127.0.0.1:0")?,
        UdpSocket::bind("127.0.0.1:0")?,
    );
    let proxied = near_side.local_addr()?.port();
    for socket in [&near_side, &far_side] {
        socket.set_read_timeout(Some(Duration::from_millis(1)))?;
    }
    std::thread::spawn(move || carry(&near_side, &far_side, far, loss, jitter));
    Ok(sdp.replace(&format!(" {port} typ"), &format!(" {proxied} typ")))
}

type Waiting = std::cmp::Reverse<(Instant, u64, Vec<u8>)>;

fn carry(near: &UdpSocket, far: &UdpSocket, to: SocketAddr, loss: f64, jitter: Duration) {
    let (mut seed, mut count) = (Seed(42), 0);
    let mut caller = None;
    let mut waiting: BinaryHeap<Waiting> = BinaryHeap::new();
    let mut buffer = [0; 2_048];
    loop {
        if let Ok((length, from)) = near.recv_from(&mut buffer) {
            caller = Some(from);
            let packet = buffer[..length].to_vec();
            if !is_media(&packet) {
                far.send_to(&packet, to).ok();
            } else if seed.next() >= loss {
                count += 1;
                let due = Instant::now() + jitter.mul_f64(seed.next());
                waiting.push(std::cmp::Reverse((due, count, packet)));
            }
        }
        while waiting
            .peek()
            .is_some_and(|next| next.0.0 <= Instant::now())
        {
            if let Some(std::cmp::Reverse((_, _, packet))) = waiting.pop() {
                far.send_to(&packet, to).ok();
            }
        }
        if let (Ok((length, _)), Some(caller)) = (far.recv_from(&mut buffer), caller) {
            near.send_to(&buffer[..length], caller).ok();
        }
    }
}

//! Reads the far end's receiver reports as they pass: its loss and the round trip, which the library's own statistics lack.

use crate::transport::FarReport;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Sender reports whose answer may still come: ten seconds at one a second.
const SENT_REPORTS: usize = 10;

#[derive(Default)]
pub(super) struct Reports(Mutex<State>);

#[derive(Default)]
struct State {
    report: FarReport,
    /// Middle 32 bits of the sender report's time (RFC 3550 section 6.4.1) and when it left.
    sent: VecDeque<(u32, Instant)>,
    first_sequence: Option<u32>,
}

impl Reports {
    pub(super) fn latest(&self) -> FarReport {
        self.0.lock().map(|state| state.report).unwrap_or_default()
    }

    fn sent(&self, ntp_time: u64, now: Instant) {
        if let Ok(mut state) = self.0.lock() {
            state.sent.push_back(((ntp_time >> 16) as u32, now));
            if state.sent.len() > SENT_REPORTS {
                state.sent.pop_front();
            }
        }
    }

    fn received(&self, report: &ReceptionReport, now: Instant) {
        let Ok(mut state) = self.0.lock() else { return };
        let first = *state
            .first_sequence
            .get_or_insert(report.last_sequence_number);
        let sent = report.last_sequence_number.wrapping_sub(first).max(1);
        state.report.reports += 1;
        state.report.loss_percent = f32::from(report.fraction_lost) * 100.0 / 256.0;
        state.report.total_loss_percent =
            (report.total_lost as f32 * 100.0 / sent as f32).clamp(0.0, 100.0);
        let left = state
            .sent
            .iter()
            .find(|(id, _)| *id == report.last_sender_report);
        if let Some((_, left)) = left {
            let kept_ms = f64::from(report.delay) / 65.536;
            let whole_ms = now.saturating_duration_since(*left).as_secs_f64() * 1_000.0;
            state.report.round_trip_ms = Some((whole_ms - kept_ms).max(0.0).round() as u32);
        }
    }
}

/// Stands in the chain and lets everything pass.
pub(super) struct ReportReader {
    reports: Arc<Reports>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
    own_ssrcs: Vec<u32>,
}

impl ReportReader {
    pub(super) fn new(reports: Arc<Reports>) -> Self {
        Self {
            reports,
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            own_ssrcs: Vec::new(),
        }
    }

    fn read(&self, message: &TaggedPacket) {
        let Packet::Rtcp(packets) = &message.message.packet else {
            return;
        };
        for packet in packets {
            let any = packet.as_any();
            let blocks = any
                .downcast_ref::<ReceiverReport>()
                .map(|report| &report.reports)
                .or_else(|| {
                    any.downcast_ref::<SenderReport>()
                        .map(|report| &report.reports)
                });
            for block in blocks.into_iter().flatten() {
                if self.own_ssrcs.contains(&block.ssrc) {
                    self.reports.received(block, Instant::now());
                }
            }
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for ReportReader {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.read(&message);
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                if let Some(report) = packet.as_any().downcast_ref::<SenderReport>() {
                    self.reports.sent(report.ntp_time, Instant::now());
                }
            }
        }
        self.writes.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for ReportReader {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.own_ssrcs.push(info.ssrc);
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.own_ssrcs.retain(|ssrc| *ssrc != info.ssrc);
    }

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}

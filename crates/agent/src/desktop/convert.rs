//! Media's words in the bridge's words.

use crate::sound;
use media::{Grade, MediaError, TestStage};
use protocol::desktop::{
    DesktopError, Device, DeviceChoice, DeviceKind, DeviceTestStage, Devices, Quality,
    QualityGrade, QualityReason, Silence,
};

pub(super) fn devices(devices: sound::Devices) -> Devices {
    Devices {
        microphone: choice(devices.microphone),
        speaker: choice(devices.speaker),
        ringer: choice(devices.ringer),
    }
}

fn choice(choice: sound::DeviceChoice) -> DeviceChoice {
    let all = |devices: Vec<sound::Device>| devices.into_iter().map(device).collect();
    DeviceChoice {
        present: all(choice.present),
        preferred: all(choice.preferred),
        in_use: choice.in_use.map(device),
        silence: choice.silence.map(silence),
    }
}

fn device(device: sound::Device) -> Device {
    Device {
        id: device.id,
        name: device.name,
    }
}

pub(super) fn media_devices(devices: Vec<Device>) -> Vec<sound::Device> {
    let devices = devices.into_iter();
    devices
        .map(|Device { id, name }| sound::Device { id, name })
        .collect()
}

pub(super) fn silence(silence: sound::Silence) -> Silence {
    match silence {
        sound::Silence::Muted => Silence::Muted,
        sound::Silence::AtZero => Silence::AtZero,
    }
}

pub(super) fn kind(kind: sound::DeviceKind) -> DeviceKind {
    match kind {
        sound::DeviceKind::Microphone => DeviceKind::Microphone,
        sound::DeviceKind::Speaker => DeviceKind::Speaker,
        sound::DeviceKind::Ringer => DeviceKind::Ringer,
    }
}

pub(super) fn media_kind(kind: DeviceKind) -> sound::DeviceKind {
    match kind {
        DeviceKind::Microphone => sound::DeviceKind::Microphone,
        DeviceKind::Speaker => sound::DeviceKind::Speaker,
        DeviceKind::Ringer => sound::DeviceKind::Ringer,
    }
}

pub(super) fn error(err: &MediaError) -> DesktopError {
    match err {
        MediaError::NoMicrophone => DesktopError::NoMicrophone,
        MediaError::NoSpeaker => DesktopError::NoSpeaker,
        MediaError::Device { .. }
        | MediaError::UnknownMedia(_)
        | MediaError::BadDescription(_)
        | MediaError::Transport(_)
        | MediaError::BadDigit(_)
        | MediaError::TimedOut(_)
        | MediaError::Stopped
        | MediaError::Recording(_)
        | MediaError::Processing(_) => DesktopError::Device {
            detail: err.to_string(),
        },
    }
}

pub(super) fn test_stage(stage: TestStage) -> DeviceTestStage {
    match stage {
        TestStage::Recording { done } => DeviceTestStage::Recording { done },
        TestStage::Playing { done } => DeviceTestStage::Playing { done },
        TestStage::Finished => DeviceTestStage::Finished,
        TestStage::Failed(err) => DeviceTestStage::Failed { error: error(&err) },
    }
}

pub(super) fn quality(quality: media::Quality) -> Quality {
    Quality {
        grade: match quality.grade {
            Grade::Unknown => QualityGrade::Unknown,
            Grade::Clear => QualityGrade::Clear,
            Grade::Fair => QualityGrade::Fair,
            Grade::Poor => QualityGrade::Poor,
        },
        why: match quality.why {
            media::QualityReason::None => QualityReason::None,
            media::QualityReason::LossIn => QualityReason::LossIn,
            media::QualityReason::LossOut => QualityReason::LossOut,
            media::QualityReason::Delay => QualityReason::Delay,
            media::QualityReason::Jitter => QualityReason::Jitter,
            media::QualityReason::NothingHeard => QualityReason::NothingHeard,
        },
        round_trip_ms: quality.round_trip_ms,
        jitter_buffer_ms: quality.jitter_buffer_ms,
        loss_in_percent: quality.loss_in_percent,
        loss_out_percent: quality.loss_out_percent,
    }
}

pub(super) const UNKNOWN_QUALITY: Quality = Quality {
    grade: QualityGrade::Unknown,
    why: QualityReason::None,
    round_trip_ms: None,
    jitter_buffer_ms: 0,
    loss_in_percent: 0.0,
    loss_out_percent: 0.0,
};

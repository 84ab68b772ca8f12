//! What becomes of a video, decided from what ffprobe says.

use std::time::Duration;

use super::probe::Video;
use crate::image::Size;

/// Highest bit rate that is sent to viewers as it is, bits per second, sound included.
const BIT_RATE_MAX: u64 = 5_000_000;

/// How a video is brought into shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Its streams are copied into a new file.
    Remux,
    /// It is decoded and encoded at this size.
    Transcode(Size),
}

impl Plan {
    /// `bytes`: size of the file; `bounds`: what the result has to fit into.
    pub(super) fn new(video: &Video, bytes: u64, bounds: Size) -> Self {
        let size = fit(video.shown, bounds);
        let fits = video.shown.width <= bounds.width && video.shown.height <= bounds.height;
        if fits && plays_everywhere(video) && bit_rate(bytes, video.duration) <= BIT_RATE_MAX {
            Self::Remux
        } else {
            Self::Transcode(size)
        }
    }
}

/// Whether every browser plays the streams as they are.
pub(super) fn plays_everywhere(video: &Video) -> bool {
    let has_good_sound = video.audio.as_ref().is_none_or(|audio| audio.codec == "aac");
    let has_good_picture = video.codec == "h264" && matches!(video.pixel_format.as_str(), "yuv420p" | "yuvj420p");
    has_good_picture && has_good_sound && video.has_square_pixels && !video.is_interlaced
}

/// Bits per second; the highest there is if the duration is unknown.
fn bit_rate(bytes: u64, duration: Option<Duration>) -> u64 {
    let millis = duration.and_then(|duration| u64::try_from(duration.as_millis()).ok()).filter(|millis| *millis > 0);
    millis.map_or(u64::MAX, |millis| bytes.saturating_mul(8_000) / millis)
}

/// `shown` scaled down to fit `bounds`, never enlarged; both sides even, as 4:2:0 wants them.
fn fit(shown: Size, bounds: Size) -> Size {
    let scale = (f64::from(bounds.width) / f64::from(shown.width))
        .min(f64::from(bounds.height) / f64::from(shown.height))
        .min(1.0);
    let even = |side: u32| {
        // Between 0 and `side`: neither sign nor range can be lost.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let scaled = (f64::from(side) * scale).round() as u32;
        (scaled & !1).max(2)
    };
    Size::new(even(shown.width), even(shown.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::probe::Audio;

    const HD: Size = Size::new(1280, 720);

    fn compliant() -> Video {
        Video {
            stream: 0,
            codec: "h264".into(),
            pixel_format: "yuv420p".into(),
            shown: Size::new(640, 360),
            has_square_pixels: true,
            is_interlaced: false,
            audio: Some(Audio { stream: 1, codec: "aac".into() }),
            duration: Some(Duration::from_secs(10)),
        }
    }

    #[test]
    fn what_plays_everywhere_and_fits_is_only_remuxed() {
        assert_eq!(Plan::new(&compliant(), 1_000_000, HD), Plan::Remux);
        assert_eq!(Plan::new(&Video { audio: None, ..compliant() }, 1_000_000, HD), Plan::Remux);
    }

    #[test]
    fn anything_else_is_transcoded() {
        let others = [
            Video { codec: "hevc".into(), ..compliant() },
            Video { pixel_format: "yuv420p10le".into(), ..compliant() },
            Video { audio: Some(Audio { stream: 1, codec: "opus".into() }), ..compliant() },
            Video { shown: Size::new(1280, 722), ..compliant() },
            Video { has_square_pixels: false, ..compliant() },
            Video { is_interlaced: true, ..compliant() },
            Video { duration: None, ..compliant() },
        ];
        for video in others {
            assert!(matches!(Plan::new(&video, 1_000_000, HD), Plan::Transcode(_)), "{video:?}");
        }
        assert!(matches!(Plan::new(&compliant(), 10_000_000, HD), Plan::Transcode(_)));
    }

    #[test]
    fn results_fit_with_even_sides_and_are_never_enlarged() {
        assert_eq!(fit(Size::new(1920, 1080), HD), Size::new(1280, 720));
        assert_eq!(fit(Size::new(1080, 1920), HD), Size::new(404, 720));
        assert_eq!(fit(Size::new(641, 361), HD), Size::new(640, 360));
        assert_eq!(fit(Size::new(1, 5000), HD), Size::new(2, 720));
    }
}

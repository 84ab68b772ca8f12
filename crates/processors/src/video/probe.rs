//! What ffprobe says about a video.

use std::time::Duration;

use serde::Deserialize;

use super::{VideoError, VideoLimits};
use crate::image::Size;

/// Sections and fields that [`Report`] reads.
pub(super) const ENTRIES: &str = "format=duration:\
     stream=index,codec_type,codec_name,pix_fmt,width,height,field_order,sample_aspect_ratio,duration:\
     stream_disposition=attached_pic:stream_side_data=rotation:stream_tags=rotate";

/// A video as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Video {
    pub(super) stream: u32,
    pub(super) codec: String,
    pub(super) pixel_format: String,
    /// Turned upright and with square pixels.
    pub(super) shown: Size,
    pub(super) has_square_pixels: bool,
    pub(super) is_interlaced: bool,
    pub(super) audio: Option<Audio>,
    /// Unknown for recordings that were written without knowing their end.
    pub(super) duration: Option<Duration>,
}

/// The sound that belongs to a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Audio {
    pub(super) stream: u32,
    pub(super) codec: String,
}

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
struct Format {
    duration: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    pix_fmt: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    field_order: Option<String>,
    sample_aspect_ratio: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Debug, Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
struct Tags {
    rotate: Option<String>,
}

impl Video {
    /// Reads the JSON of ffprobe and refuses what must not be decoded.
    ///
    /// # Errors
    /// `Unsupported` without a video stream, `Corrupt` if it has no size, `TooLarge`.
    pub(super) fn read(report: &str, limits: &VideoLimits) -> Result<Self, VideoError> {
        let report: Report = serde_json::from_str(report).map_err(|error| VideoError::Failed {
            detail: format!("the report of ffprobe is not readable: {error}"),
        })?;
        let of_type = |wanted: &'static str| {
            let is_wanted = move |stream: &&Stream| {
                stream.codec_type.as_deref() == Some(wanted) && stream.disposition.attached_pic == 0
            };
            report.streams.iter().find(is_wanted)
        };
        let no_video = || VideoError::Unsupported { detail: "the file has no video stream".to_owned() };
        let video = of_type("video").ok_or_else(no_video)?;
        let stored = stored_size(video)?;
        let duration = [&report.format.duration, &video.duration].into_iter().flatten().find_map(|text| seconds(text));
        check(stored, duration, limits)?;
        let pixel = pixel_aspect(video);
        Ok(Self {
            stream: video.index,
            codec: video.codec_name.clone().unwrap_or_default(),
            pixel_format: video.pix_fmt.clone().unwrap_or_default(),
            shown: shown_size(stored, pixel, quarter_turns(video)),
            has_square_pixels: (pixel - 1.0).abs() < f64::EPSILON,
            is_interlaced: !matches!(video.field_order.as_deref(), None | Some("progressive" | "unknown")),
            audio: of_type("audio")
                .map(|audio| Audio { stream: audio.index, codec: audio.codec_name.clone().unwrap_or_default() }),
            duration,
        })
    }
}

fn stored_size(stream: &Stream) -> Result<Size, VideoError> {
    match (stream.width, stream.height) {
        (Some(width @ 1..), Some(height @ 1..)) => Ok(Size::new(width, height)),
        _ => Err(VideoError::Corrupt { detail: "the video stream has no width or height".to_owned() }),
    }
}

fn check(size: Size, duration: Option<Duration>, limits: &VideoLimits) -> Result<(), VideoError> {
    if size.pixels() > limits.max_pixels {
        let detail = format!("{}x{} pixels, more than the limit of {}", size.width, size.height, limits.max_pixels);
        return Err(VideoError::TooLarge { detail });
    }
    match duration {
        Some(duration) if duration > limits.max_duration => {
            let (found, limit) = (duration.as_secs(), limits.max_duration.as_secs());
            Err(VideoError::TooLarge { detail: format!("it lasts {found} s, longer than the limit of {limit} s") })
        }
        _ => Ok(()),
    }
}

/// Width of a pixel relative to its height; 1 if unknown or absurd.
fn pixel_aspect(stream: &Stream) -> f64 {
    let ratio = stream.sample_aspect_ratio.as_deref().and_then(|ratio| ratio.split_once(':'));
    let parsed = ratio.and_then(|(width, height)| Some(width.parse::<f64>().ok()? / height.parse::<f64>().ok()?));
    parsed.filter(|aspect| (0.1..=10.0).contains(aspect)).unwrap_or(1.0)
}

/// Whether the camera was held so that width and height change places.
fn quarter_turns(stream: &Stream) -> bool {
    let matrix = stream.side_data_list.iter().find_map(|data| data.rotation);
    let degrees = matrix.or_else(|| stream.tags.rotate.as_deref()?.parse().ok()).unwrap_or(0.0);
    (45.0..135.0).contains(&(degrees.abs() % 180.0))
}

fn shown_size(stored: Size, pixel_aspect: f64, is_turned: bool) -> Size {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // at most ten times a size of 32 bits, saturating
    let width = (f64::from(stored.width) * pixel_aspect).round().max(1.0) as u32;
    let upright = Size::new(width, stored.height);
    if is_turned { Size::new(upright.height, upright.width) } else { upright }
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|found| !found.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(streams: &str) -> Result<Video, VideoError> {
        let report = format!(r#"{{"streams":[{streams}],"format":{{"duration":"2.5"}}}}"#);
        Video::read(&report, &VideoLimits::default())
    }

    const VIDEO: &str =
        r#""index":1,"codec_type":"video","codec_name":"h264","pix_fmt":"yuv420p","width":640,"height":360"#;

    #[test]
    fn the_first_real_video_and_the_first_sound_count() {
        let cover = r#"{"index":0,"codec_type":"video","width":9,"height":9,"disposition":{"attached_pic":1}}"#;
        let sound = r#"{"index":2,"codec_type":"audio","codec_name":"aac"}"#;
        let video = read(&format!("{cover},{{{VIDEO}}},{sound}")).unwrap();
        assert_eq!((video.stream, video.audio), (1, Some(Audio { stream: 2, codec: "aac".into() })));
        assert_eq!(video.duration, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn sizes_are_those_that_a_viewer_sees() {
        let shown = |more: &str| read(&format!("{{{VIDEO},{more}}}")).unwrap().shown;
        assert_eq!(shown(r#""side_data_list":[{"rotation":-90}]"#), Size::new(360, 640));
        assert_eq!(shown(r#""side_data_list":[{"rotation":180}]"#), Size::new(640, 360));
        assert_eq!(shown(r#""tags":{"rotate":"270"}"#), Size::new(360, 640));
        assert_eq!(shown(r#""sample_aspect_ratio":"4:3""#), Size::new(853, 360));
        assert_eq!(shown(r#""sample_aspect_ratio":"0:1""#), Size::new(640, 360));
    }

    #[test]
    fn what_must_not_be_decoded_is_refused() {
        assert_eq!(read(r#"{"index":0,"codec_type":"audio"}"#).unwrap_err().code(), "UNSUPPORTED_FORMAT");
        assert_eq!(read(r#"{"index":0,"codec_type":"video"}"#).unwrap_err().code(), "CORRUPT_VIDEO");
        let huge = r#"{"index":0,"codec_type":"video","width":20000,"height":20000}"#;
        assert_eq!(read(huge).unwrap_err().code(), "VIDEO_TOO_LARGE");
        let limits = VideoLimits { max_duration: Duration::from_secs(2), ..VideoLimits::default() };
        let report = format!(r#"{{"streams":[{{{VIDEO}}}],"format":{{"duration":"3"}}}}"#);
        let error = Video::read(&report, &limits).unwrap_err();
        assert_eq!(error.to_string(), "video is too large: it lasts 3 s, longer than the limit of 2 s");
    }
}

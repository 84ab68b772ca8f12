//! The data of a `process-video` job.

use serde_json::Map;
use synapse_queue_engine::job::Failure;

use crate::image::Size;
use crate::job_fields::{self, Fields, invalid};

const DEFAULT_BOUNDS: Size = Size::new(1280, 720);
/// Largest side of a result in pixels: what level 6.2 of H.264 can hold, nearly.
const SIDE_MAX: u32 = 8192;

/// What one job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VideoJob {
    /// Storage key of the source.
    pub(super) file_path: String,
    /// What the result has to fit into.
    pub(super) bounds: Size,
    pub(super) task: VideoTask,
}

/// The two shapes of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VideoTask {
    /// `{fileId, filePath, userId?}`: a video and a poster, noted in the row of the file.
    Publish { file_id: String },
    /// `{filePath, outputPath, options?, deleteOriginal?}`: a video at a place of the caller's choice, its poster beside it.
    Convert { output_path: String, delete_original: bool },
}

impl VideoJob {
    /// # Errors
    /// `INVALID_JOB_DATA`, unrecoverable, naming the field.
    pub(super) fn parse(data: &str) -> Result<Self, Failure> {
        let fields = job_fields::object(data)
            .ok_or_else(|| invalid("job data must be an object with `filePath` and either `fileId` or `outputPath`"))?;
        let fields = Fields::of(&fields);
        let file_path = fields.required_text("filePath")?;
        if !fields.has("outputPath") {
            fields.text("userId")?;
            let task = VideoTask::Publish { file_id: fields.required_text("fileId")? };
            return Ok(Self { file_path, bounds: DEFAULT_BOUNDS, task });
        }
        let task = VideoTask::Convert {
            output_path: fields.required_text("outputPath")?,
            delete_original: fields.flag("deleteOriginal")?.unwrap_or(false),
        };
        let none = Map::new();
        let options = Fields::nested(fields.object("options")?.unwrap_or(&none), "options.");
        let bounds = Size::new(
            options.integer("maxWidth", SIDE_MAX)?.unwrap_or(DEFAULT_BOUNDS.width),
            options.integer("maxHeight", SIDE_MAX)?.unwrap_or(DEFAULT_BOUNDS.height),
        );
        Ok(Self { file_path, bounds, task })
    }

    /// What log lines call the file.
    pub(super) fn label(&self) -> &str {
        match &self.task {
            VideoTask::Publish { file_id } => file_id,
            VideoTask::Convert { .. } => &self.file_path,
        }
    }

    pub(super) fn deletes_original(&self) -> bool {
        matches!(&self.task, VideoTask::Convert { delete_original: true, .. })
    }

    /// Storage keys of the video and its poster.
    pub(super) fn keys(&self) -> (String, String) {
        match &self.task {
            VideoTask::Publish { file_id } => (format!("{file_id}-compressed.mp4"), format!("{file_id}-poster.jpg")),
            VideoTask::Convert { output_path, .. } => (output_path.clone(), poster_beside(output_path)),
        }
    }
}

/// `videos/a.mp4` has its poster at `videos/a-poster.jpg`.
fn poster_beside(output_path: &str) -> String {
    let name = output_path.rfind('/').map_or(0, |slash| slash + 1);
    let stem = match output_path[name..].rfind('.') {
        Some(dot @ 1..) => &output_path[..name + dot],
        _ => output_path,
    };
    format!("{stem}-poster.jpg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_upload_asks_for_a_video_and_a_poster() {
        let job = VideoJob::parse(r#"{"fileId":"f1","filePath":"/uploads/a.mov","userId":"u1"}"#).unwrap();
        assert_eq!((job.file_path.as_str(), job.bounds), ("/uploads/a.mov", Size::new(1280, 720)));
        assert_eq!(job.keys(), ("f1-compressed.mp4".to_owned(), "f1-poster.jpg".to_owned()));
    }

    #[test]
    fn a_conversion_has_its_poster_beside_it() {
        let keys =
            |path: &str| VideoJob::parse(&format!(r#"{{"filePath":"a.mov","outputPath":"{path}"}}"#)).unwrap().keys().1;
        assert_eq!(keys("videos.d/a.mp4"), "videos.d/a-poster.jpg");
        assert_eq!(keys("videos.d/a"), "videos.d/a-poster.jpg");
        assert_eq!(keys(".hidden"), ".hidden-poster.jpg");
    }

    #[test]
    fn every_field_that_cannot_be_used_is_named() {
        let cases = [
            ("[]", "`filePath`"),
            (r#"{"fileId":"f"}"#, "`filePath`"),
            (r#"{"filePath":"a"}"#, "`fileId`"),
            (r#"{"filePath":"a","fileId":"f","userId":1}"#, "`userId`"),
            (r#"{"filePath":"a","outputPath":""}"#, "`outputPath`"),
            (r#"{"filePath":"a","outputPath":"b","deleteOriginal":1}"#, "`deleteOriginal`"),
            (r#"{"filePath":"a","outputPath":"b","options":7}"#, "`options`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"maxWidth":0}}"#, "`options.maxWidth`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"maxHeight":8193}}"#, "`options.maxHeight`"),
        ];
        for (data, expected) in cases {
            let failure = VideoJob::parse(data).unwrap_err();
            assert!(failure.is_unrecoverable());
            assert!(failure.message.contains(expected), "{data} -> {}", failure.message);
        }
    }
}

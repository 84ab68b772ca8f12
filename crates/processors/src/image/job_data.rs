//! The data of a `process-image` job.

use serde_json::Map;
use synapse_queue_engine::job::Failure;

use super::{Fit, OutputFormat, Rendition, Size};
use crate::job_fields::{self, Fields, invalid};

/// Largest side of a result in pixels: what WebP can hold.
const SIDE_MAX: u32 = 16_383;
const DEFAULT_BOUNDS: Size = Size::new(1920, 1080);
const DEFAULT_QUALITY: u8 = 85;
const THUMBNAIL: Rendition =
    Rendition { fit: Fit::Cover(Size::new(320, 240)), format: OutputFormat::Jpeg { quality: 75 } };
const COMPRESSED: Rendition =
    Rendition { fit: Fit::Inside(DEFAULT_BOUNDS), format: OutputFormat::Jpeg { quality: DEFAULT_QUALITY } };

/// What one job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageJob {
    /// Storage key of the source.
    pub(super) file_path: String,
    pub(super) task: ImageTask,
}

/// The two shapes of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageTask {
    /// `{fileId, filePath, userId?}`: a compressed image and a thumbnail, noted in the row of the file.
    Publish { file_id: String },
    /// `{filePath, outputPath, options?, deleteOriginal?}`: one image at a place of the caller's choice.
    Convert(Conversion),
}

/// One image at a place of the caller's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversion {
    /// Storage key of the result.
    pub(super) output_path: String,
    pub(super) rendition: Rendition,
    pub(super) delete_original: bool,
}

impl ImageJob {
    /// # Errors
    /// `INVALID_JOB_DATA`, unrecoverable, naming the field.
    pub(super) fn parse(data: &str) -> Result<Self, Failure> {
        let Some(fields) = job_fields::object(data) else {
            return Err(invalid("job data must be an object with `filePath` and either `fileId` or `outputPath`"));
        };
        let fields = Fields::of(&fields);
        let file_path = fields.required_text("filePath")?;
        let task = if fields.has("outputPath") { convert_task(&fields)? } else { publish_task(&fields)? };
        Ok(Self { file_path, task })
    }

    pub(super) fn renditions(&self) -> Vec<Rendition> {
        match &self.task {
            ImageTask::Publish { .. } => vec![COMPRESSED, THUMBNAIL],
            ImageTask::Convert(conversion) => vec![conversion.rendition],
        }
    }

    pub(super) fn deletes_original(&self) -> bool {
        matches!(&self.task, ImageTask::Convert(conversion) if conversion.delete_original)
    }

    /// What log lines call the file.
    pub(super) fn label(&self) -> &str {
        match &self.task {
            ImageTask::Publish { file_id } => file_id,
            ImageTask::Convert(_) => &self.file_path,
        }
    }
}

fn publish_task(fields: &Fields<'_>) -> Result<ImageTask, Failure> {
    fields.text("userId")?;
    Ok(ImageTask::Publish { file_id: fields.required_text("fileId")? })
}

fn convert_task(fields: &Fields<'_>) -> Result<ImageTask, Failure> {
    let output_path = fields.required_text("outputPath")?;
    let delete_original = fields.flag("deleteOriginal")?.unwrap_or(false);
    let none = Map::new();
    let options = Fields::nested(fields.object("options")?.unwrap_or(&none), "options.");
    let bounds = Size::new(
        options.integer("maxWidth", SIDE_MAX)?.unwrap_or(DEFAULT_BOUNDS.width),
        options.integer("maxHeight", SIDE_MAX)?.unwrap_or(DEFAULT_BOUNDS.height),
    );
    let rendition = Rendition { fit: Fit::Inside(bounds), format: output_format(&options, &output_path)? };
    Ok(ImageTask::Convert(Conversion { output_path, rendition, delete_original }))
}

/// The format asked for, or else the one that the extension of the result promises, or else JPEG.
fn output_format(options: &Fields<'_>, output_path: &str) -> Result<OutputFormat, Failure> {
    let quality = options.integer("quality", 100)?.unwrap_or(DEFAULT_QUALITY.into());
    let requested = options.text("format")?;
    let extension = output_path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let promised = extension.filter(|extension| matches!(extension.as_str(), "png" | "webp" | "avif"));
    let name = requested.or(promised);
    OutputFormat::parse(name.as_deref().unwrap_or("jpeg"), quality)
        .map_err(|error| invalid(error.to_string().replacen('`', "`options.", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(data: &str) -> String {
        let failure = ImageJob::parse(data).unwrap_err();
        assert!(failure.is_unrecoverable());
        assert_eq!(failure.code.as_deref(), Some("INVALID_JOB_DATA"));
        failure.message
    }

    fn format_of(data: &str) -> OutputFormat {
        match ImageJob::parse(data).unwrap().task {
            ImageTask::Convert(conversion) => conversion.rendition.format,
            ImageTask::Publish { .. } => unreachable!("the data has an output path"),
        }
    }

    #[test]
    fn the_documented_upload_asks_for_a_compressed_image_and_a_thumbnail() {
        let job = ImageJob::parse(r#"{"fileId":"f1","filePath":"/uploads/a.jpg","userId":"u1"}"#).unwrap();
        assert_eq!(job.file_path, "/uploads/a.jpg");
        assert_eq!(job.task, ImageTask::Publish { file_id: "f1".into() });
        assert_eq!(job.renditions(), [COMPRESSED, THUMBNAIL]);
    }

    #[test]
    fn conversion_defaults_to_jpeg_85_inside_full_hd() {
        let job = ImageJob::parse(r#"{"filePath":"a.png","outputPath":"b.jpg","options":null}"#).unwrap();
        assert_eq!(
            job.task,
            ImageTask::Convert(Conversion {
                output_path: "b.jpg".into(),
                rendition: COMPRESSED,
                delete_original: false
            })
        );
    }

    #[test]
    fn the_extension_of_the_result_decides_unless_a_format_is_given() {
        assert_eq!(format_of(r#"{"filePath":"a","outputPath":"b.WEBP"}"#), OutputFormat::WebP { quality: 85 });
        assert_eq!(
            format_of(r#"{"filePath":"a","outputPath":"b.webp","options":{"format":"png"}}"#),
            OutputFormat::Png
        );
    }

    #[cfg(feature = "avif")]
    #[test]
    fn avif_is_a_format_like_others() {
        assert_eq!(format_of(r#"{"filePath":"a","outputPath":"b.avif"}"#), OutputFormat::Avif { quality: 85 });
    }

    #[cfg(not(feature = "avif"))]
    #[test]
    fn avif_is_refused_where_it_was_not_built_in() {
        assert!(refusal(r#"{"filePath":"a","outputPath":"b.avif"}"#).contains("one of jpeg, png and webp, got avif"));
    }

    #[test]
    fn every_field_that_cannot_be_used_is_named() {
        let cases = [
            ("[]", "`filePath`"),
            (r#"{"fileId":"f"}"#, "`filePath`"),
            (r#"{"filePath":"a"}"#, "`fileId`"),
            (r#"{"filePath":7,"fileId":"f"}"#, "`filePath`"),
            (r#"{"filePath":"a","fileId":"f","userId":1}"#, "`userId`"),
            (r#"{"filePath":"a","outputPath":""}"#, "`outputPath`"),
            (r#"{"filePath":"a","outputPath":"b","deleteOriginal":"no"}"#, "`deleteOriginal`"),
            (r#"{"filePath":"a","outputPath":"b","options":[]}"#, "`options`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"quality":0}}"#, "`options.quality`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"quality":101}}"#, "`options.quality`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"quality":8.5}}"#, "`options.quality`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"maxWidth":-1}}"#, "`options.maxWidth`"),
            (r#"{"filePath":"a","outputPath":"b","options":{"maxHeight":16384}}"#, "`options.maxHeight`"),
            (
                r#"{"filePath":"a","outputPath":"b","options":{"format":"bmp"}}"#,
                "`options.format` must be one of jpeg, png",
            ),
            (r#"{"filePath":"a","outputPath":"b","options":{"format":3}}"#, "`options.format`"),
        ];
        for (data, expected) in cases {
            assert!(refusal(data).contains(expected), "{data} -> {}", refusal(data));
        }
    }
}

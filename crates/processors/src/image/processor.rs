//! `process-image`.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::budget::Budget;
use super::job_data::{Conversion, ImageJob, ImageTask};
use super::pipeline::{PreparedImage, Stage};
use super::progress::{self, Progress};
use super::result::{self, Original};
use super::{EncodedImage, ImageError, ImageLimits, ImageOptions, ImageOutput, Rendition};
use crate::storage::{Storage, StorageError};
use crate::stores::{FileStore, FileUpdate};

/// Prefix of the ledger entry that keeps a conversion's result once its original may be gone.
const RESULT_PART: &str = "result:";

/// Makes web images of uploads: `process-image`.
///
/// `{fileId, filePath, userId}` writes `<fileId>-compressed.jpg` (inside 1920x1080, JPEG 85) and `<fileId>-thumbnail.jpg` (320x240,
/// JPEG 75) and updates the row of the file. `{filePath, outputPath, options?, deleteOriginal?}` writes one image.
pub struct ImageProcessor {
    storage: Arc<dyn Storage>,
    files: Arc<dyn FileStore>,
    budget: Budget,
    max_pixels: u64,
}

/// A file and the memory it was granted.
struct Input {
    bytes: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl ImageProcessor {
    /// A processor that reads and writes `storage` and reports to `files`.
    pub fn new(storage: Arc<dyn Storage>, files: Arc<dyn FileStore>, limits: ImageLimits) -> Self {
        Self { storage, files, budget: Budget::new(&limits), max_pixels: limits.max_pixels }
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<String, Failure> {
        let request = ImageJob::parse(&job.data)?;
        context.log(LogLevel::Info, format!("🖼️ Processing image job {} for file {}", job.id, request.label()));
        let (progress, changes) = watch::channel(0);
        let result = tokio::select! {
            result = self.work(&request, context, &progress) => result?,
            () = context.cancellation().cancelled() => return Err(ImageError::Cancelled.into()),
            never = progress::report(job, context, changes) => match never {},
        };
        progress::publish(job, context, progress::DONE).await;
        Ok(result)
    }

    async fn work(&self, request: &ImageJob, context: &dyn JobContext, progress: &Progress) -> Result<String, Failure> {
        let input = match self.read(request).await {
            Ok(input) => input,
            Err(error) => return earlier_result(request, context, error).await,
        };
        progress.send_replace(progress::READ);
        let original_size = input.bytes.len();
        let output = self.render(input, request.renditions(), (context, progress)).await?;
        self.store(request, (output, original_size), context).await
    }

    async fn read(&self, request: &ImageJob) -> Result<Input, StorageError> {
        let size = self.storage.size(&request.file_path).await?;
        let permit = self.budget.hold_input(size).await;
        let bytes = self.storage.read(&request.file_path, self.budget.max_input_bytes()).await?;
        Ok(Input { bytes, _permit: permit })
    }

    async fn render(
        &self,
        input: Input,
        renditions: Vec<Rendition>,
        (context, progress): (&dyn JobContext, &Progress),
    ) -> Result<ImageOutput, Failure> {
        let prepared = PreparedImage::new(&input.bytes, &ImageOptions { renditions, max_pixels: self.max_pixels })?;
        let permit = self.budget.hold_pixels(prepared.memory()).await?;
        let (cancel, progress) = (context.cancellation().clone(), progress.clone());
        let rendering = tokio::task::spawn_blocking(move || {
            // Held by the work itself, as is the input: a cancelled job keeps its memory until its stage is over.
            let _permit = permit;
            prepared.run(&input.bytes, &cancel, |stage| {
                progress.send_replace(match stage {
                    Stage::Decoded => progress::DECODED,
                    Stage::Encoded => progress::ENCODED,
                });
            })
        });
        match rendering.await {
            Ok(result) => Ok(result?),
            Err(panic) => Err(Failure::new("PROCESSOR_PANICKED", format!("image processing panicked: {panic}"))),
        }
    }

    async fn store(
        &self,
        request: &ImageJob,
        (output, original_size): (ImageOutput, usize),
        context: &dyn JobContext,
    ) -> Result<String, Failure> {
        let original = Original { bytes: original_size, size: output.source };
        let mut images = output.images.into_iter();
        let mut next = || images.next().expect("every rendition has an image");
        match &request.task {
            ImageTask::Publish { file_id } => self.publish(file_id, original, [next(), next()]).await,
            ImageTask::Convert(conversion) => {
                let result = self.convert(conversion, original, next()).await?;
                if conversion.delete_original && !is_same_file(&request.file_path, &conversion.output_path) {
                    // Should this attempt be repeated, there is no original to make the result from.
                    let part = format!("{RESULT_PART}{result}");
                    context
                        .record_parts(&[part])
                        .await
                        .map_err(|error| Failure::new(error.code(), error.to_string()))?;
                    self.storage.delete(&request.file_path).await?;
                }
                Ok(result)
            }
        }
    }

    async fn publish(
        &self,
        file_id: &str,
        original: Original,
        [compressed, thumbnail]: [EncodedImage; 2],
    ) -> Result<String, Failure> {
        let compressed_key = format!("{file_id}-compressed.jpg");
        let thumbnail_key = format!("{file_id}-thumbnail.jpg");
        let update = FileUpdate {
            compressed_url: self.storage.url_for(&compressed_key)?,
            thumbnail_url: self.storage.url_for(&thumbnail_key)?,
            processed: true,
        };
        let result = result::published(&update, original, [&compressed, &thumbnail]);
        tokio::try_join!(
            self.storage.write(&compressed_key, compressed.bytes.into()),
            self.storage.write(&thumbnail_key, thumbnail.bytes.into()),
        )?;
        self.files.update(file_id, update).await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        Ok(result)
    }

    async fn convert(
        &self,
        conversion: &Conversion,
        original: Original,
        image: EncodedImage,
    ) -> Result<String, Failure> {
        let result = result::converted(&conversion.output_path, original, &image);
        self.storage.write(&conversion.output_path, image.bytes.into()).await?;
        Ok(result)
    }
}

#[async_trait]
impl Processor for ImageProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        match self.run(job, context).await {
            Ok(result) => {
                context.log(LogLevel::Info, format!("✅ Image processing job {} completed", job.id));
                Outcome::Completed(result)
            }
            Err(failure) => {
                context.log(LogLevel::Error, format!("Error processing image job {}: {}", job.id, failure.message));
                Outcome::Failed(failure)
            }
        }
    }
}

/// What an earlier attempt of this job has made, if that is why its original is missing.
async fn earlier_result(request: &ImageJob, context: &dyn JobContext, error: StorageError) -> Result<String, Failure> {
    let may_be_deleted = matches!(&request.task, ImageTask::Convert(conversion) if conversion.delete_original);
    if !may_be_deleted || !matches!(error, StorageError::NotFound { .. }) {
        return Err(read_failure(error));
    }
    let parts = context.finished_parts().await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
    parts.iter().find_map(|part| part.strip_prefix(RESULT_PART)).map(str::to_owned).ok_or_else(|| read_failure(error))
}

/// For a user, too many bytes and too many pixels are the same mistake.
fn read_failure(error: StorageError) -> Failure {
    match error {
        StorageError::TooLarge { .. } => Failure::unrecoverable("IMAGE_TOO_LARGE", error.to_string()),
        error => error.into(),
    }
}

/// Deliberately blind to case: on a file system that is, deleting `A.jpg` would delete the result `a.jpg`.
fn is_same_file(left: &str, right: &str) -> bool {
    left.trim_matches('/').eq_ignore_ascii_case(right.trim_matches('/'))
}

//! `process-image`.

use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use tokio::sync::watch;

use super::job_data::{Conversion, ImageJob, ImageTask};
use super::renderer::read_failure;
use super::result::{self, Original};
use super::{EncodedImage, ImageError, ImageOutput, ImageRenderer};
use crate::originals::{Replacement, earlier_result};
use crate::progress::{self, Progress};
use crate::stores::{FileStore, FileUpdate};

/// Makes web images of uploads: `process-image`.
///
/// `{fileId, filePath, userId}` writes `<fileId>-compressed.jpg` (inside 1920x1080, JPEG 85) and `<fileId>-thumbnail.jpg` (320x240,
/// JPEG 75) and updates the row of the file. `{filePath, outputPath, options?, deleteOriginal?}` writes one image.
pub struct ImageProcessor {
    renderer: Arc<ImageRenderer>,
    files: Arc<dyn FileStore>,
}

impl ImageProcessor {
    /// A processor that renders with `renderer` and reports to `files`.
    pub fn new(renderer: Arc<ImageRenderer>, files: Arc<dyn FileStore>) -> Self {
        Self { renderer, files }
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
        let input = match self.renderer.read(&request.file_path).await {
            Ok(input) => input,
            Err(error) if request.deletes_original() => {
                return earlier_result(context, &error).await?.ok_or_else(|| read_failure(error));
            }
            Err(error) => return Err(read_failure(error)),
        };
        let original_size = input.len();
        let (output, _memory) = self.renderer.render(input, request.renditions(), (context, progress)).await?;
        self.store(request, (output, original_size), context).await
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
                if conversion.delete_original {
                    let replacement = Replacement { original: &request.file_path, result: &conversion.output_path };
                    replacement.delete_original(self.renderer.storage(), &result, context).await?;
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
        let storage = self.renderer.storage();
        let compressed_key = format!("{file_id}-compressed.jpg");
        let thumbnail_key = format!("{file_id}-thumbnail.jpg");
        let update = FileUpdate {
            compressed_url: storage.url_for(&compressed_key)?,
            thumbnail_url: storage.url_for(&thumbnail_key)?,
            processed: true,
        };
        let result = result::published(&update, original, [&compressed, &thumbnail]);
        tokio::try_join!(
            storage.write(&compressed_key, compressed.bytes.into()),
            storage.write(&thumbnail_key, thumbnail.bytes.into()),
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
        self.renderer.storage().write(&conversion.output_path, image.bytes.into()).await?;
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

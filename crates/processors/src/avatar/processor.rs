//! `optimize-avatar`.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use tokio::sync::watch;

use super::AvatarOptions;
use super::job_data::AvatarJob;
use super::result::{self, AvatarFile};
use crate::image::{EncodedImage, ImageError, ImageRenderer, read_failure};
use crate::progress::{self, Progress};
use crate::stores::{UserStore, UserUpdate};

/// Makes the avatars of a user: `optimize-avatar`.
///
/// `{filePath, userId}` writes `avatars/<userId>-<side>.<format>` for every side, square and filled, and tells the row of the user the
/// URL of the largest.
pub struct AvatarProcessor {
    renderer: Arc<ImageRenderer>,
    users: Arc<dyn UserStore>,
    options: AvatarOptions,
}

impl AvatarProcessor {
    /// A processor that renders with `renderer` and reports to `users`.
    pub fn new(renderer: Arc<ImageRenderer>, users: Arc<dyn UserStore>, options: AvatarOptions) -> Self {
        Self { renderer, users, options }
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<String, Failure> {
        let request = AvatarJob::parse(&job.data)?;
        context.log(LogLevel::Info, format!("👤 Optimizing avatar job {} for user {}", job.id, request.user_id));
        let (progress, changes) = watch::channel(0);
        let result = tokio::select! {
            result = self.work(&request, context, &progress) => result?,
            () = context.cancellation().cancelled() => return Err(ImageError::Cancelled.into()),
            never = progress::report(job, context, changes) => match never {},
        };
        progress::publish(job, context, progress::DONE).await;
        Ok(result)
    }

    async fn work(
        &self,
        request: &AvatarJob,
        context: &dyn JobContext,
        progress: &Progress,
    ) -> Result<String, Failure> {
        // First, so that a user id that cannot be part of a path costs nothing.
        let files = self.files(&request.user_id)?;
        let input = self.renderer.read(&request.file_path).await.map_err(read_failure)?;
        let original_size = input.len() as u64;
        let (output, _memory) = self.renderer.render(input, self.options.renditions(), (context, progress)).await?;
        let compressed_size = output.images.iter().map(|image| image.bytes.len() as u64).sum();
        let result = result::optimized(&files, (original_size, compressed_size));
        self.store(files, output.images, &request.user_id).await?;
        Ok(result)
    }

    fn files(&self, user_id: &str) -> Result<Vec<AvatarFile>, Failure> {
        let storage = self.renderer.storage();
        let extension = self.options.extension();
        let file = |side: &u32| {
            let key = format!("avatars/{user_id}-{side}.{extension}");
            Ok(AvatarFile { side: *side, url: storage.url_for(&key)?, key })
        };
        self.options.sides().iter().map(file).collect()
    }

    async fn store(&self, files: Vec<AvatarFile>, images: Vec<EncodedImage>, user_id: &str) -> Result<(), Failure> {
        let storage = self.renderer.storage();
        let writes = files.iter().zip(images).map(|(file, image)| storage.write(&file.key, image.bytes.into()));
        try_join_all(writes).await?;
        let largest = files.into_iter().next().expect("there is at least one size");
        let update = UserUpdate { avatar: largest.url };
        self.users.update(user_id, update).await.map_err(|error| Failure::new(error.code(), error.to_string()))
    }
}

#[async_trait]
impl Processor for AvatarProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        match self.run(job, context).await {
            Ok(result) => {
                context.log(LogLevel::Info, format!("✅ Avatar optimization job {} completed", job.id));
                Outcome::Completed(result)
            }
            Err(failure) => {
                context.log(LogLevel::Error, format!("Error optimizing avatar job {}: {}", job.id, failure.message));
                Outcome::Failed(failure)
            }
        }
    }
}

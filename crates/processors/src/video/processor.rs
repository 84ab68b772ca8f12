//! `process-video`.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use tempfile::TempDir;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::converter::{Converted, convert};
use super::job_data::{VideoJob, VideoTask};
use super::result::{self, Urls};
use super::steps::Steps;
use super::toolbox::Toolbox;
use super::{VideoError, VideoLimits, VideoTools};
use crate::image::Size;
use crate::originals::{Replacement, earlier_result};
use crate::progress::{self, Progress};
use crate::storage::{Storage, StorageError};
use crate::stores::{FileStore, FileUpdate};

/// Per cent when the upload is there, and when the video and its poster are made.
const DOWNLOADED: u8 = 10;
const CONVERTED: u8 = 90;

/// Makes web videos of uploads: `process-video`.
///
/// `{fileId, filePath, userId}` writes `<fileId>-compressed.mp4` (H.264 and AAC, inside 1280x720) and `<fileId>-poster.jpg` and updates
/// the row of the file. `{filePath, outputPath, options?, deleteOriginal?}` writes one video and its poster beside it. Cheap to clone;
/// clones share the bound on runs.
#[derive(Clone)]
pub struct VideoProcessor {
    storage: Arc<dyn Storage>,
    files: Arc<dyn FileStore>,
    tools: VideoTools,
    limits: VideoLimits,
    runs: Arc<Semaphore>,
}

/// An upload and where it is worked on.
struct Source {
    directory: Arc<TempDir>,
    bytes: u64,
}

impl VideoProcessor {
    /// A processor that reads and writes `storage` and reports to `files`. Whether there is an ffmpeg is asked by every job.
    pub fn new(
        storage: Arc<dyn Storage>,
        files: Arc<dyn FileStore>,
        (tools, limits): (VideoTools, VideoLimits),
    ) -> Self {
        let runs = Arc::new(Semaphore::new(limits.concurrency));
        Self { storage, files, tools, limits, runs }
    }

    /// The programs that it uses.
    pub fn tools(&self) -> &VideoTools {
        &self.tools
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<String, Failure> {
        let request = VideoJob::parse(&job.data)?;
        context.log(LogLevel::Info, format!("🎥 Processing video job {} for file {}", job.id, request.label()));
        let (progress, changes) = watch::channel(0);
        // Fires as well when this future is dropped: a conversion must not go on unwatched.
        let cancel = context.cancellation().child_token();
        let _guard = cancel.clone().drop_guard();
        let result = tokio::select! {
            result = self.work(&request, context, (&progress, &cancel)) => result?,
            never = progress::report(job, context, changes) => match never {},
        };
        progress::publish(job, context, progress::DONE).await;
        Ok(result)
    }

    async fn work(
        &self,
        request: &VideoJob,
        context: &dyn JobContext,
        (progress, cancel): (&Progress, &CancellationToken),
    ) -> Result<String, Failure> {
        let toolbox = Toolbox::find(&self.tools)?;
        let (video_key, poster_key) = request.keys();
        let urls = Urls { video: self.storage.url_for(&video_key)?, poster: self.storage.url_for(&poster_key)? };
        let permit = unless_cancelled(cancel, Arc::clone(&self.runs).acquire_owned()).await?;
        let _permit = permit.expect("the semaphore of runs is never closed");
        let source = match unless_cancelled(cancel, self.download(&request.file_path)).await? {
            Ok(source) => source,
            Err(DownloadError::Storage(error)) if request.deletes_original() => {
                return earlier_result(context, &error).await?.ok_or_else(|| read_failure(error));
            }
            Err(error) => return Err(error.into()),
        };
        progress.send_replace(DOWNLOADED);
        let converted = self.convert((&source, request.bounds), toolbox, (progress, cancel)).await?;
        progress.send_replace(CONVERTED);
        let store = self.store(request, (&converted, source.bytes), &urls);
        let result = unless_cancelled(cancel, store).await??;
        if let VideoTask::Convert { output_path, delete_original: true } = &request.task {
            let replacement = Replacement { original: &request.file_path, result: output_path };
            replacement.delete_original(self.storage.as_ref(), &result, context).await?;
        }
        Ok(result)
    }

    async fn download(&self, key: &str) -> Result<Source, DownloadError> {
        let parent = self.limits.directory.clone();
        let directory = tempfile::Builder::new().prefix("synapse-video-").tempdir_in(&parent);
        let directory =
            Arc::new(directory.map_err(|error| DownloadError::Directory(parent.display().to_string(), error))?);
        let to = source_in(directory.path());
        let bytes = self.storage.download(key, &to, self.limits.max_input_bytes).await?;
        Ok(Source { directory, bytes })
    }

    async fn convert(
        &self,
        (source, bounds): (&Source, Size),
        toolbox: Toolbox,
        (progress, cancel): (&Progress, &CancellationToken),
    ) -> Result<Converted, Failure> {
        let directory = Arc::clone(&source.directory);
        let (limits, progress, cancel) = (self.limits.clone(), progress.clone(), cancel.clone());
        let conversion = tokio::task::spawn_blocking(move || {
            let path = directory.path();
            let steps = Steps { toolbox: &toolbox, limits: &limits, directory: path, cancel: &cancel };
            convert(steps, (&source_in(path), bounds), &|share| {
                progress.send_if_modified(|percent| advance(percent, share));
            })
        });
        match conversion.await {
            Ok(converted) => Ok(converted?),
            Err(panic) => Err(Failure::new("PROCESSOR_PANICKED", format!("video processing panicked: {panic}"))),
        }
    }

    async fn store(
        &self,
        request: &VideoJob,
        (converted, original_size): (&Converted, u64),
        urls: &Urls,
    ) -> Result<String, Failure> {
        let (video_key, poster_key) = request.keys();
        tokio::try_join!(
            self.storage.upload(&video_key, &converted.video),
            self.storage.upload(&poster_key, &converted.poster),
        )?;
        let output_path = match &request.task {
            VideoTask::Publish { file_id } => {
                let update = FileUpdate {
                    compressed_url: urls.video.clone(),
                    thumbnail_url: urls.poster.clone(),
                    processed: true,
                };
                let updated = self.files.update(file_id, update).await;
                updated.map_err(|error| Failure::new(error.code(), error.to_string()))?;
                None
            }
            VideoTask::Convert { output_path, .. } => Some(output_path.as_str()),
        };
        Ok(result::processed(converted, urls, (original_size, output_path)))
    }
}

/// Why an upload is not there to be worked on.
enum DownloadError {
    Storage(StorageError),
    Directory(String, std::io::Error),
}

impl From<StorageError> for DownloadError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Storage(error) => read_failure(error),
            DownloadError::Directory(directory, error) => {
                Self::new("FILE_UNWRITABLE", format!("no directory can be made in `{directory}`: {error}"))
            }
        }
    }
}

/// Where an upload is put. Nothing of its own name is kept: a name is input, too.
fn source_in(directory: &Path) -> std::path::PathBuf {
    directory.join("source")
}

async fn unless_cancelled<T>(cancel: &CancellationToken, work: impl Future<Output = T>) -> Result<T, VideoError> {
    cancel.run_until_cancelled(work).await.ok_or(VideoError::Cancelled)
}

/// Moves `percent` on to what a share of the conversion means for the job; never back.
fn advance(percent: &mut u8, share: f64) -> bool {
    let span = f64::from(CONVERTED - DOWNLOADED);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 to 80
    let reached = DOWNLOADED + (span * share.clamp(0.0, 1.0)) as u8;
    let is_further = reached > *percent;
    *percent = reached.max(*percent);
    is_further
}

/// For a user, too many bytes and too many pixels are the same mistake.
fn read_failure(error: StorageError) -> Failure {
    match error {
        StorageError::TooLarge { .. } => Failure::unrecoverable("VIDEO_TOO_LARGE", error.to_string()),
        error => error.into(),
    }
}

#[async_trait]
impl Processor for VideoProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        match self.run(job, context).await {
            Ok(result) => {
                context.log(LogLevel::Info, format!("✅ Video processing job {} completed", job.id));
                Outcome::Completed(result)
            }
            Err(failure) => {
                context.log(LogLevel::Error, format!("Error processing video job {}: {}", job.id, failure.message));
                Outcome::Failed(failure)
            }
        }
    }
}

//! A processor with everything around it: storage, rows, and an engine that writes down what it is told.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use synapse_queue_engine::error::Result;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use synapse_queue_processors::image::{ImageLimits, ImageProcessor};
use synapse_queue_processors::storage;
use synapse_queue_processors::stores::{FileStore, FileUpdate, StoreError};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::samples::fixture;

/// What a processor told the engine.
#[derive(Default)]
pub(crate) struct Recorder {
    cancel: CancellationToken,
    /// Cancels the job as soon as this progress is published.
    pub(crate) cancel_at_progress: Option<&'static str>,
    pub(crate) progress: Mutex<Vec<String>>,
    logs: Mutex<Vec<(LogLevel, String)>>,
    parts: Mutex<HashSet<String>>,
}

#[async_trait]
impl JobContext for Recorder {
    fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }

    fn now_ms(&self) -> i64 {
        0
    }

    async fn update_progress(&self, progress_json: String) -> Result<()> {
        if self.cancel_at_progress == Some(progress_json.as_str()) {
            self.cancel.cancel();
        }
        self.progress.lock().unwrap().push(progress_json);
        Ok(())
    }

    fn log(&self, level: LogLevel, message: String) {
        self.logs.lock().unwrap().push((level, message));
    }

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        Ok(self.parts.lock().unwrap().clone())
    }

    async fn record_parts(&self, parts: &[String]) -> Result<()> {
        self.parts.lock().unwrap().extend(parts.iter().cloned());
        Ok(())
    }
}

#[derive(Default)]
pub(crate) struct Files {
    pub(crate) updates: Mutex<Vec<(String, FileUpdate)>>,
}

#[async_trait]
impl FileStore for Files {
    async fn update(&self, file_id: &str, update: FileUpdate) -> std::result::Result<(), StoreError> {
        if file_id == "unknown" {
            return Err(StoreError::RowMissing { table: "files".into(), id: file_id.into() });
        }
        self.updates.lock().unwrap().push((file_id.into(), update));
        Ok(())
    }
}

/// A processor over a storage with one upload, `uploads/photo.jpg`.
pub(crate) struct Bench {
    root: TempDir,
    pub(crate) files: Arc<Files>,
    processor: ImageProcessor,
    pub(crate) context: Recorder,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_limits(ImageLimits::default())
    }

    pub(crate) fn with_limits(limits: ImageLimits) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("uploads")).unwrap();
        std::fs::write(root.path().join("uploads/photo.jpg"), fixture("rocket.jpg")).unwrap();
        let storage = storage::open(&format!("file:{}", root.path().display()), "https://cdn.example.com").unwrap();
        let files = Arc::new(Files::default());
        let processor = ImageProcessor::new(storage, files.clone(), limits);
        Self { root, files, processor, context: Recorder::default() }
    }

    pub(crate) async fn process(&self, data: Value) -> Outcome {
        let job = Job { id: "7".into(), name: "process-image".into(), data: data.to_string(), ..Job::default() };
        self.processor.process(&job, &self.context).await
    }

    pub(crate) async fn completed(&self, data: Value) -> Value {
        match self.process(data).await {
            Outcome::Completed(result) => serde_json::from_str(&result).unwrap(),
            other => panic!("expected a result, got {other:?}"),
        }
    }

    pub(crate) async fn failed(&self, data: Value) -> Failure {
        match self.process(data).await {
            Outcome::Failed(failure) => failure,
            other => panic!("expected a failure, got {other:?}"),
        }
    }

    pub(crate) fn path(&self, key: &str) -> std::path::PathBuf {
        self.root.path().join(key)
    }

    pub(crate) fn logs(&self) -> Vec<(LogLevel, String)> {
        self.context.logs.lock().unwrap().clone()
    }
}

//! A processor with everything around it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{Outcome, Processor};
use synapse_queue_processors::storage;
use synapse_queue_processors::stores::{FileStore, FileUpdate, StoreError};
use synapse_queue_processors::video::{VideoLimits, VideoProcessor, VideoTools};
use tempfile::TempDir;

use crate::recorder::Recorder;

#[derive(Default)]
pub(crate) struct Files {
    pub(crate) updates: Mutex<Vec<(String, FileUpdate)>>,
}

#[async_trait]
impl FileStore for Files {
    async fn update(&self, file_id: &str, update: FileUpdate) -> Result<(), StoreError> {
        self.updates.lock().unwrap().push((file_id.into(), update));
        Ok(())
    }
}

/// A processor over an empty storage.
pub(crate) struct Bench {
    root: TempDir,
    work: TempDir,
    pub(crate) files: Arc<Files>,
    processor: VideoProcessor,
    pub(crate) context: Recorder,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(VideoLimits::default(), VideoTools::default())
    }

    pub(crate) fn with(mut limits: VideoLimits, tools: VideoTools) -> Self {
        let (root, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let storage = storage::open(&format!("file:{}", root.path().display()), "https://cdn.example.com").unwrap();
        let files = Arc::new(Files::default());
        work.path().clone_into(&mut limits.directory);
        let processor = VideoProcessor::new(storage, files.clone(), (tools, limits));
        Self { root, work, files, processor, context: Recorder::default() }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.root.path().join(key)
    }

    /// Command lines of running processes that work on its files.
    pub(crate) fn processes(&self) -> Vec<String> {
        let work = self.work.path().display().to_string();
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let commands = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok());
        commands.filter(|command| command.contains(&work)).collect()
    }

    pub(crate) async fn process(&self, data: Value) -> Outcome {
        let job = Job { id: "7".into(), name: "process-video".into(), data: data.to_string(), ..Job::default() };
        let outcome = self.processor.process(&job, &self.context).await;
        assert_eq!(std::fs::read_dir(self.work.path()).unwrap().count(), 0, "temporary files are left");
        outcome
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

    /// Converts `name` to `out.mp4`.
    pub(crate) async fn converted(&self, name: &str) -> Value {
        self.completed(json!({ "filePath": name, "outputPath": "out.mp4" })).await
    }

    /// Fails to convert `name`.
    pub(crate) async fn refused(&self, name: &str) -> Failure {
        let failure = self.failed(json!({ "filePath": name, "outputPath": "out.mp4" })).await;
        assert!(!self.path("out.mp4").exists());
        failure
    }
}

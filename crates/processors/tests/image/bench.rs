//! A processor with everything around it: storage, rows, and an engine that writes down what it is told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{LogLevel, Outcome, Processor};
use synapse_queue_processors::avatar::{AvatarOptions, AvatarProcessor};
use synapse_queue_processors::image::{ImageLimits, ImageProcessor, ImageRenderer};
use synapse_queue_processors::storage;
use synapse_queue_processors::stores::{FileStore, FileUpdate, StoreError, UserStore, UserUpdate};
use tempfile::TempDir;

use crate::recorder::Recorder;
use crate::samples::fixture;

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

#[derive(Default)]
pub(crate) struct Users {
    pub(crate) updates: Mutex<Vec<(String, UserUpdate)>>,
}

#[async_trait]
impl UserStore for Users {
    async fn update(&self, user_id: &str, update: UserUpdate) -> std::result::Result<(), StoreError> {
        self.updates.lock().unwrap().push((user_id.into(), update));
        Ok(())
    }
}

/// A processor over a storage with one upload, `uploads/photo.jpg`.
pub(crate) struct Bench {
    root: TempDir,
    pub(crate) files: Arc<Files>,
    pub(crate) users: Arc<Users>,
    processor: Box<dyn Processor>,
    pub(crate) context: Recorder,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_limits(ImageLimits::default())
    }

    pub(crate) fn with_limits(limits: ImageLimits) -> Self {
        Self::of(&limits, |renderer, files, _| Box::new(ImageProcessor::new(renderer, files)))
    }

    pub(crate) fn avatars(options: AvatarOptions) -> Self {
        Self::of(&ImageLimits::default(), |renderer, _, users| Box::new(AvatarProcessor::new(renderer, users, options)))
    }

    fn of(
        limits: &ImageLimits,
        make: impl FnOnce(Arc<ImageRenderer>, Arc<Files>, Arc<Users>) -> Box<dyn Processor>,
    ) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("uploads")).unwrap();
        std::fs::write(root.path().join("uploads/photo.jpg"), fixture("rocket.jpg")).unwrap();
        let storage = storage::open(&format!("file:{}", root.path().display()), "https://cdn.example.com").unwrap();
        let (files, users) = (Arc::new(Files::default()), Arc::new(Users::default()));
        let processor = make(Arc::new(ImageRenderer::new(storage, limits)), files.clone(), users.clone());
        Self { root, files, users, processor, context: Recorder::default() }
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
        self.context.logs()
    }
}

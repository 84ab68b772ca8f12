//! The factory of `process-video`.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_processors::storage;
use synapse_queue_processors::video::{VideoLimits, VideoProcessor, VideoTools};

use super::NativeProcessor;
use super::image::whole;
use crate::native_error::coded_exception;
use crate::stores::NativeStores;

/// Where videos are, by which programs they are made and what they may cost; absent options take the processor's defaults.
#[napi(object, object_to_js = false)]
pub struct NativeVideoOptions {
    /// URL of the storage.
    pub storage: String,
    /// What stands before a key in its public URL.
    pub public_base_url: String,
    /// Path or name of ffmpeg.
    pub ffmpeg: Option<String>,
    /// Path or name of ffprobe.
    pub ffprobe: Option<String>,
    /// Largest file that is read, bytes.
    pub max_input_bytes: Option<f64>,
    /// Largest file that is written, bytes.
    pub max_output_bytes: Option<f64>,
    /// Longest video, ms.
    pub max_duration: Option<f64>,
    /// Largest width × height of a frame.
    pub max_pixels: Option<f64>,
    /// Most streams in one file.
    pub max_streams: Option<u32>,
    /// How long one run may take, ms.
    pub timeout: Option<f64>,
    /// How long a run may get no further, ms.
    pub stall_timeout: Option<f64>,
    /// Address space of one run, bytes.
    pub max_memory: Option<f64>,
    /// Runs at once.
    pub concurrency: Option<u32>,
    /// Threads of one run.
    pub threads: Option<u32>,
    /// Where files are put while they are worked on.
    pub directory: Option<String>,
}

/// A processor of `process-video` jobs.
#[napi]
pub struct NativeVideoProcessor {
    processor: VideoProcessor,
}

#[napi]
impl NativeVideoProcessor {
    /// Opens the storage; runs nothing.
    #[napi(constructor)]
    pub fn new(options: NativeVideoOptions, stores: &NativeStores) -> napi::Result<Self, String> {
        let storage = storage::open(&options.storage, &options.public_base_url)
            .map_err(|error| coded_exception(error.code(), &error))?;
        let limits = options.limits().check().map_err(|error| coded_exception(error.code(), &error))?;
        let processor = VideoProcessor::new(storage, stores.files(), (options.tools(), limits));
        Ok(Self { processor })
    }

    /// The processor, for a worker.
    #[napi]
    pub fn processor(&self) -> NativeProcessor {
        NativeProcessor::new(self.processor.clone())
    }

    /// What of ffmpeg is missing on this machine, if anything.
    #[napi(getter)]
    pub fn missing(&self) -> Option<String> {
        self.processor.tools().check().err().map(|error| error.to_string())
    }
}

impl NativeVideoOptions {
    fn tools(&self) -> VideoTools {
        let default = VideoTools::default();
        VideoTools {
            ffmpeg: self.ffmpeg.as_ref().map_or(default.ffmpeg, Into::into),
            ffprobe: self.ffprobe.as_ref().map_or(default.ffprobe, Into::into),
        }
    }

    fn limits(&self) -> VideoLimits {
        let default = VideoLimits::default();
        let millis = |given: Option<f64>, default| given.map_or(default, |ms| Duration::from_millis(whole(ms)));
        VideoLimits {
            max_input_bytes: self.max_input_bytes.map_or(default.max_input_bytes, whole),
            max_output_bytes: self.max_output_bytes.map_or(default.max_output_bytes, whole),
            max_duration: millis(self.max_duration, default.max_duration),
            max_pixels: self.max_pixels.map_or(default.max_pixels, whole),
            max_streams: self.max_streams.unwrap_or(default.max_streams),
            timeout: millis(self.timeout, default.timeout),
            stall_timeout: millis(self.stall_timeout, default.stall_timeout),
            max_memory: self.max_memory.map_or(default.max_memory, whole),
            concurrency: self.concurrency.map_or(default.concurrency, |runs| runs as usize),
            threads: self.threads.map_or(default.threads, |threads| threads as usize),
            directory: self.directory.as_ref().map_or(default.directory, Into::into),
        }
    }
}

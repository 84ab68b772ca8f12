//! Native processors as JavaScript holds them.

mod email;
mod image;
mod push;
mod run;
mod video;

use std::sync::Arc;

use napi_derive::napi;
use synapse_queue_engine::processor::Processor;

/// A processor that runs in Rust. Made by the factories of this module.
#[napi]
pub struct NativeProcessor {
    processor: Arc<dyn Processor>,
}

impl NativeProcessor {
    fn new(processor: impl Processor) -> Self {
        Self { processor: Arc::new(processor) }
    }

    /// The processor, to be shared with a worker.
    pub(crate) fn shared(&self) -> Arc<dyn Processor> {
        Arc::clone(&self.processor)
    }
}

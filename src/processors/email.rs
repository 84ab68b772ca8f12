//! The factory of `send-email`.

use napi_derive::napi;
use synapse_queue_engine::error::Error;
use synapse_queue_processors::email::{EmailOptions, EmailProcessor};
use synapse_queue_processors::storage;

use super::NativeProcessor;
use super::image::whole;
use super::push::seconds;
use crate::native_error::{coded_exception, exception};

/// How e-mail is sent; absent options take the processor's defaults.
#[napi(object, object_to_js = false)]
pub struct NativeEmailOptions {
    /// URL of the relay.
    pub url: String,
    /// Sender of messages that name none.
    pub from: Option<String>,
    /// URL of the storage that attachments are in.
    pub storage: String,
    /// Connections to the relay.
    pub connections: Option<u32>,
    /// How long the relay may take for one answer, ms.
    pub timeout: Option<f64>,
    /// What the attachments of a message may have together, bytes.
    pub max_attachment_bytes: Option<f64>,
    /// Authorities to trust beside the system's, PEM text.
    pub extra_ca: Option<String>,
}

/// A processor of `send-email` jobs.
#[napi]
pub fn email_processor(options: NativeEmailOptions) -> napi::Result<NativeProcessor, String> {
    let storage = storage::open(&options.storage, "").map_err(|error| coded_exception(error.code(), &error))?;
    let options = options.into_email_options().map_err(exception)?;
    let processor = EmailProcessor::new(storage, &options).map_err(|error| coded_exception(error.code(), &error))?;
    Ok(NativeProcessor::new(processor))
}

impl NativeEmailOptions {
    fn into_email_options(self) -> Result<EmailOptions, Error> {
        let default = EmailOptions::new(self.url);
        Ok(EmailOptions {
            from: self.from,
            connections: self.connections.map_or(default.connections, |connections| connections as usize),
            timeout: seconds("timeout", self.timeout.map(|ms| ms / 1_000.0))?.unwrap_or(default.timeout),
            max_attachment_bytes: self.max_attachment_bytes.map_or(default.max_attachment_bytes, whole),
            extra_root_certificates: self.extra_ca.unwrap_or_default().into_bytes(),
            ..default
        })
    }
}

//! The factories of `push-notification` and `batch-push-notification`.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::error::Error;
use synapse_queue_processors::net::NetGuardOptions;
use synapse_queue_processors::web_push::{PushOptions, PushProcessor, VapidKeys};

use super::NativeProcessor;
use crate::native_error::{coded_exception, exception};
use crate::stores::NativeStores;

/// How push messages are sent; absent options take the processor's defaults.
#[napi(object, object_to_js = false)]
pub struct NativePushOptions {
    /// Public VAPID key, base64url.
    pub public_key: String,
    /// Private VAPID key, base64url.
    pub private_key: String,
    /// Whom a push service may contact.
    pub subject: String,
    /// How long a push service keeps a message, s.
    pub ttl: Option<f64>,
    /// How long one request may take, ms.
    pub timeout: Option<f64>,
    /// Requests in flight at once.
    pub concurrency: Option<u32>,
    /// Whether push services may have private addresses.
    pub allow_private_network: Option<bool>,
    /// Origins that may have private addresses.
    pub allowed_origins: Option<Vec<String>>,
    /// Authorities to trust beside the system's, PEM text.
    pub extra_ca: Option<String>,
}

/// Processors of single and of batch notifications that share connections, tokens and bounds.
#[napi]
pub struct NativePushProcessors {
    single: PushProcessor,
}

#[napi]
impl NativePushProcessors {
    /// Checks the options; opens no connection.
    #[napi(constructor)]
    pub fn new(options: NativePushOptions, stores: &NativeStores) -> napi::Result<Self, String> {
        let options = options.into_push_options().map_err(exception)?;
        let single = PushProcessor::new(stores.subscriptions(), &options)
            .map_err(|error| coded_exception(error.code(), &error))?;
        Ok(Self { single })
    }

    /// The processor of `push-notification`.
    #[napi]
    pub fn single(&self) -> NativeProcessor {
        NativeProcessor::new(self.single.clone())
    }

    /// The processor of `batch-push-notification`.
    #[napi]
    pub fn batch(&self) -> NativeProcessor {
        NativeProcessor::new(self.single.batch())
    }
}

impl NativePushOptions {
    fn into_push_options(self) -> Result<PushOptions, Error> {
        let vapid = VapidKeys { public: self.public_key, private: self.private_key, subject: self.subject };
        let default = PushOptions::new(vapid);
        Ok(PushOptions {
            default_ttl: seconds("ttl", self.ttl)?.unwrap_or(default.default_ttl),
            timeout: seconds("timeout", self.timeout.map(|ms| ms / 1_000.0))?.unwrap_or(default.timeout),
            concurrency: self.concurrency.map_or(default.concurrency, |concurrency| concurrency as usize),
            guard: NetGuardOptions {
                allow_private_network: self.allow_private_network.unwrap_or(default.guard.allow_private_network),
                allowed_origins: self.allowed_origins.unwrap_or_default(),
                extra_root_certificates: self.extra_ca.unwrap_or_default().into_bytes(),
            },
            ..default
        })
    }
}

pub(super) fn seconds(option: &str, seconds: Option<f64>) -> Result<Option<Duration>, Error> {
    let duration = |seconds: f64| {
        Duration::try_from_secs_f64(seconds)
            .map_err(|_| Error::InvalidOption { message: format!("`{option}` must be 0 or more, got {seconds}") })
    };
    seconds.map(duration).transpose()
}

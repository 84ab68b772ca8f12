//! Sends one message to one subscription.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use tokio::sync::Semaphore;

use super::delivery::Delivery;
use super::encryption::{EncryptionError, RecipientKeys};
use super::encryptor::Encryptor;
use super::error::PushError;
use super::message::Message;
use super::options::PushOptions;
use super::origins::{OriginState, Origins};
use super::response;
use super::vapid::VapidSigner;
use crate::net::{NetError, NetGuard, Target};
use crate::stores::Subscription;

/// Connections, tokens and pauses shared by all jobs of a process.
pub(super) struct PushSender {
    guard: NetGuard,
    encryptor: Encryptor,
    signer: VapidSigner,
    origins: Origins,
    slots: Semaphore,
    concurrency: usize,
    default_ttl: Duration,
    timeout: Duration,
}

/// Everything about one request except its encrypted body.
pub(super) struct Request<'a> {
    pub(super) subscription: &'a Subscription,
    pub(super) target: &'a Target,
    pub(super) authorization: Arc<str>,
}

impl PushSender {
    pub(super) fn new(options: &PushOptions) -> Result<Self, PushError> {
        options.validate()?;
        Ok(Self {
            signer: VapidSigner::new(&options.vapid)?,
            guard: NetGuard::new(&options.guard, options.timeout)?,
            encryptor: Encryptor::new(),
            origins: Origins::default(),
            slots: Semaphore::new(options.concurrency),
            concurrency: options.concurrency,
            default_ttl: options.default_ttl,
            timeout: options.timeout,
        })
    }

    /// How many deliveries make progress at once.
    pub(super) fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Tries once; waits for a free slot first.
    pub(super) async fn deliver(&self, subscription: &Subscription, message: &Arc<Message>) -> Delivery {
        let target = match self.guard.check(&subscription.endpoint) {
            Ok(target) => target,
            Err(error) => return rejected(&error),
        };
        let recipient = match RecipientKeys::parse(&subscription.p256dh, &subscription.auth) {
            Ok(recipient) => recipient,
            Err(error) => return rejected(&error),
        };
        let origin = self.origins.state_of(&target.origin);
        let authorization = origin.authorization(&self.signer, &target.origin);
        let request = Request { subscription, target: &target, authorization };
        let send = async || match self.encryptor.encrypt(message, recipient.clone()).await {
            Ok(body) => self.send(&request, &origin, (message, body)).await,
            Err(error @ EncryptionError::NoRandomness) => unavailable(error.to_string()),
            Err(error) => rejected(&error),
        };
        let mut first = None;
        origin.warm_up().get_or_init(async || first = Some(send().await)).await;
        match first {
            Some(delivery) => delivery,
            None => send().await,
        }
    }

    async fn send(
        &self,
        request: &Request<'_>,
        origin: &OriginState,
        (message, body): (&Message, Vec<u8>),
    ) -> Delivery {
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        if let Some(pause) = origin.pause() {
            return Delivery::Postponed { pause };
        }
        let ttl = message.ttl.map_or(self.default_ttl.as_secs(), u64::from);
        let mut post = self
            .guard
            .client_for(request.target)
            .post(request.target.url.clone())
            .header(AUTHORIZATION, &*request.authorization)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("TTL", ttl);
        if let Some(urgency) = message.urgency {
            post = post.header("Urgency", urgency.as_str());
        }
        if let Some(topic) = &message.topic {
            post = post.header("Topic", topic);
        }
        let delivery = match post.body(body).send().await {
            Ok(response) => response::read(response, request).await,
            Err(error) => {
                origin.cool_down();
                self.explain(error, request.target)
            }
        };
        if let Delivery::Unavailable { retry_after: Some(pause), .. } = delivery {
            origin.pause_for(pause);
        }
        delivery
    }

    /// A request without an answer. The error's own text would quote the endpoint.
    fn explain(&self, error: reqwest::Error, target: &Target) -> Delivery {
        let error = error.without_url();
        if error.is_timeout() {
            return unavailable(format!("no answer from {} within {:?}", target.origin, self.timeout));
        }
        let mut reason = format!("no connection to {}", target.origin);
        let mut next: Option<&dyn Error> = Some(&error);
        while let Some(cause) = next {
            if let Some(refused @ NetError::AddressRefused { .. }) = cause.downcast_ref() {
                return rejected(refused);
            }
            reason = format!("{reason}: {cause}");
            next = cause.source();
        }
        unavailable(reason)
    }
}

fn rejected(error: &dyn Error) -> Delivery {
    Delivery::Rejected { reason: error.to_string() }
}

fn unavailable(reason: String) -> Delivery {
    Delivery::Unavailable { reason, retry_after: None }
}

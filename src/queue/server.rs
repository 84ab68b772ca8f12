//! The server behind a queue.

use napi_derive::napi;

use super::NativeQueue;
use crate::native_error::Answer;

#[napi]
impl NativeQueue {
    /// What the server says about itself, lines of `field:value`.
    #[napi]
    pub async fn server_info(&self) -> Answer<String> {
        self.handle.run(self.queue.server_info()).await
    }
}

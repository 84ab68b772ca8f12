//! Entries of the event stream that no other script writes.

use super::{Scripts, new_call_id, source};
use crate::error::Result;

impl Scripts {
    pub(crate) async fn publish_event(&self, fields: &[(String, String)], max_events: u64) -> Result<()> {
        let (call_id, max_events) = (new_call_id(), max_events.to_string());
        let mut args = vec![call_id.as_str(), max_events.as_str()];
        args.extend(fields.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
        self.eval(&source::PUBLISH_EVENT, &args).await.map(drop)
    }
}

//! Children of a job: reading them, waiting for them, removing them.

use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::queue::{ChildrenKind, ChildrenScan, DependencyKind};
use synapse_queue_engine::scripts::JobRange;
use synapse_queue_engine::wire::JobAddress;

use super::NativeQueue;
use crate::encoding::{children_counts_text, children_pages_text, children_text, dependencies_text};
use crate::native_error::Answer;
use crate::runtime;

/// Children of one kind that are read at a time unless the user says otherwise, as in `BullMQ`.
const DEFAULT_COUNT: u32 = 20;

/// A part of the children of one kind.
#[napi(object, object_to_js = false)]
pub struct NativeChildrenScan {
    /// `processed`, `unprocessed`, `ignored` or `failed`.
    pub kind: String,
    /// Where to go on; 0 or absent to begin.
    pub cursor: Option<i64>,
    /// About how many. Absent: the default.
    pub count: Option<u32>,
}

/// Names a job of any queue.
#[napi(object, object_to_js = false)]
pub struct NativeJobAddress {
    /// `<prefix>:<queue name>`
    pub queue: String,
    /// Id of the job.
    pub id: String,
}

#[napi]
impl NativeQueue {
    /// All children of these kinds, a JSON object by kind: objects of values by key, or lists of keys.
    #[napi]
    pub async fn get_children(&self, job_id: String, kinds: Vec<String>) -> Answer<String> {
        self.handle
            .run(async {
                let kinds = kinds.iter().map(|name| kind(name)).collect::<Result<Vec<_>>>()?;
                Ok(children_text(&kinds, &self.queue.children(&job_id, &kinds).await?))
            })
            .await
    }

    /// Parts of the children, a JSON object: by kind as from `get_children`, and where to go on.
    #[napi]
    pub async fn scan_children(&self, job_id: String, scans: Vec<NativeChildrenScan>) -> Answer<String> {
        self.handle
            .run(async {
                let scans = scans.iter().map(NativeChildrenScan::read).collect::<Result<Vec<_>>>()?;
                Ok(children_pages_text(&self.queue.scan_children(&job_id, &scans).await?))
            })
            .await
    }

    /// How many children of these kinds there are, a JSON object.
    #[napi]
    pub async fn get_children_counts(&self, job_id: String, kinds: Vec<String>) -> Answer<String> {
        self.handle
            .run(async {
                let kinds = kinds.iter().map(|name| kind(name)).collect::<Result<Vec<_>>>()?;
                Ok(children_counts_text(&kinds, &self.queue.children_counts(&job_id, &kinds).await?))
            })
            .await
    }

    /// Children in a range, completed ones if `processed`, else open ones: a line with their number in all and their keys and
    /// values, then four lines for each of their jobs.
    #[napi]
    pub async fn get_dependencies(&self, parent_id: String, processed: bool, start: i64, end: i64) -> Answer<String> {
        let kind = if processed { DependencyKind::Processed } else { DependencyKind::Pending };
        let range = JobRange { first: start, last: end, ascending: true };
        self.handle.run(async { Ok(dependencies_text(&self.queue.dependencies(&parent_id, kind, range).await?)) }).await
    }

    /// Lets an active job wait for its children, or for `child`; `false` if there is nothing to wait for.
    #[napi]
    pub async fn move_job_to_waiting_children(
        &self,
        job_id: String,
        token: String,
        child: Option<NativeJobAddress>,
        now_ms: i64,
    ) -> Answer<bool> {
        runtime::clock().follow(now_ms);
        let child = child.map(|NativeJobAddress { queue, id }| JobAddress { queue, id });
        self.handle.run(self.queue.wait_for_children(&job_id, &token, child.as_ref(), now_ms)).await
    }

    /// Unties a job from its parent; `false` if that did not wait for it.
    #[napi]
    pub async fn remove_child_dependency(&self, job_id: String, now_ms: i64) -> Answer<bool> {
        runtime::clock().follow(now_ms);
        self.handle.run(self.queue.remove_child_dependency(&job_id, now_ms)).await
    }

    /// Removes the jobs below a job that have not ended and that no worker owns.
    #[napi]
    pub async fn remove_unprocessed_children(&self, job_id: String, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle.run(self.queue.remove_unprocessed_children(&job_id, now_ms)).await
    }
}

impl NativeChildrenScan {
    fn read(&self) -> Result<ChildrenScan> {
        let cursor = self.cursor.unwrap_or(0).unsigned_abs();
        Ok(ChildrenScan { kind: kind(&self.kind)?, cursor, count: self.count.unwrap_or(DEFAULT_COUNT) })
    }
}

fn kind(name: &str) -> Result<ChildrenKind> {
    ChildrenKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| Error::InvalidOption {
        message: format!("children are processed, unprocessed, ignored or failed, not {name}"),
    })
}

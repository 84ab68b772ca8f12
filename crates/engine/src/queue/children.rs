//! Reading what became of the children of a job.

use redis::{Pipeline, Value};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::queue::Queue;
use crate::scripts::JobRange;
use crate::wire::{QueueKeys, Reply, job_from_hash, malformed};

/// Entries asked for per scan, and hashes read per round trip.
const SCAN_COUNT: u32 = 500;

/// What became of a child, in BullMQ's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildrenKind {
    /// It completed.
    Processed,
    /// It has not ended.
    Unprocessed,
    /// It failed, and the parent may go on.
    Ignored,
    /// It failed, and the parent fails with it.
    Failed,
}

/// A child as its parent knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Full Redis key of the child.
    pub key: String,
    /// Return value as JSON text of a completed child, reason in plain text of an ignored one.
    pub value: Option<String>,
}

/// A part of the children of one kind to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildrenScan {
    /// Which children.
    pub kind: ChildrenKind,
    /// Where to go on; 0 to begin.
    pub cursor: u64,
    /// About how many; Redis gives all of a small set.
    pub count: u32,
}

/// A part of the children of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildrenPage {
    /// Which children.
    pub kind: ChildrenKind,
    /// Some of them.
    pub children: Vec<Child>,
    /// Where to go on; 0 at the end, but for failed children, where the end shows by an empty page.
    pub next_cursor: u64,
}

/// Children that have ended well, or that have not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DependencyKind {
    /// They completed.
    Processed,
    /// They have not ended.
    Pending,
}

/// A range of children with their jobs.
#[derive(Debug)]
pub struct DependencyPage {
    /// The children in the range.
    pub children: Vec<Child>,
    /// Their jobs; those that were removed are left out.
    pub jobs: Vec<Job>,
    /// Children of this kind in all.
    pub total: u64,
}

impl ChildrenKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Processed, Self::Unprocessed, Self::Ignored, Self::Failed];

    /// BullMQ's name of the kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Unprocessed => "unprocessed",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }

    fn key(self, keys: &QueueKeys, job_id: &str) -> String {
        match self {
            Self::Processed => keys.job_processed(job_id),
            Self::Unprocessed => keys.job_dependencies(job_id),
            Self::Ignored => keys.job_ignored(job_id),
            Self::Failed => keys.job_unsuccessful(job_id),
        }
    }

    fn has_values(self) -> bool {
        matches!(self, Self::Processed | Self::Ignored)
    }
}

impl Queue {
    /// All children of these kinds at one moment, in the same order.
    pub async fn children(&self, job_id: &str, kinds: &[ChildrenKind]) -> Result<Vec<Vec<Child>>> {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let replies = self.scripts.list_children(job_id, &names).await?;
        kinds.iter().zip(replies).map(|(kind, reply)| read_children(*kind, reply)).collect()
    }

    /// How many children of these kinds there are, in the same order.
    pub async fn children_counts(&self, job_id: &str, kinds: &[ChildrenKind]) -> Result<Vec<u64>> {
        let mut pipeline = redis::pipe();
        for kind in kinds {
            let command = match kind {
                ChildrenKind::Processed | ChildrenKind::Ignored => "HLEN",
                ChildrenKind::Unprocessed => "SCARD",
                ChildrenKind::Failed => "ZCARD",
            };
            pipeline.cmd(command).arg(kind.key(self.keys(), job_id));
        }
        let replies = self.replies(&pipeline, kinds.len()).await?;
        replies.into_iter().map(|reply| Reply::new("number of children", reply).into_count()).collect()
    }

    /// Parts of the children of a job, one for each scan.
    pub async fn scan_children(&self, job_id: &str, scans: &[ChildrenScan]) -> Result<Vec<ChildrenPage>> {
        let mut pipeline = redis::pipe();
        for scan in scans {
            ask_for_page(&mut pipeline, *scan, &scan.kind.key(self.keys(), job_id));
        }
        let replies = self.replies(&pipeline, scans.len()).await?;
        scans.iter().zip(replies).map(|(scan, reply)| read_page(*scan, reply)).collect()
    }

    /// Children in a range of positions (`ascending` does not count: they have no order) with their jobs.
    pub async fn dependencies(&self, parent_id: &str, kind: DependencyKind, range: JobRange) -> Result<DependencyPage> {
        let kind = match kind {
            DependencyKind::Processed => ChildrenKind::Processed,
            DependencyKind::Pending => ChildrenKind::Unprocessed,
        };
        let total = self.children_counts(parent_id, &[kind]).await?.into_iter().next().unwrap_or(0);
        let first = usize::try_from(range.first).unwrap_or(0);
        let end = usize::try_from(range.last).map_or(usize::MAX, |last| last.saturating_add(1));
        let (mut children, mut cursor) = (Vec::new(), 0);
        loop {
            let page =
                self.scan_children(parent_id, &[ChildrenScan { kind, cursor, count: SCAN_COUNT }]).await?.remove(0);
            children.extend(page.children);
            cursor = page.next_cursor;
            if cursor == 0 || children.len() >= end {
                break;
            }
        }
        children.truncate(end);
        let children = children.split_off(first.min(children.len()));
        Ok(DependencyPage { jobs: self.jobs_of(&children).await?, children, total })
    }

    async fn jobs_of(&self, children: &[Child]) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(children.len());
        for batch in children.chunks(SCAN_COUNT as usize) {
            let mut pipeline = redis::pipe();
            for child in batch {
                pipeline.cmd("HGETALL").arg(&child.key);
            }
            for (child, reply) in batch.iter().zip(self.replies(&pipeline, batch.len()).await?) {
                let job_id = QueueKeys::split_job_key(&child.key).map_or("", |(_, job_id)| job_id);
                jobs.extend(job_from_hash(job_id, reply)?);
            }
        }
        Ok(jobs)
    }

    async fn replies(&self, pipeline: &Pipeline, count: usize) -> Result<Vec<Value>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let replies = self.connection().call_all(pipeline).await?;
        if replies.len() == count {
            return Ok(replies);
        }
        Err(Error::MalformedState { subject: "children of a job", detail: format!("{} replies", replies.len()) })
    }
}

/// Failed children stand in a sorted set, whose cursor is a position.
fn ask_for_page(pipeline: &mut Pipeline, scan: ChildrenScan, key: &str) {
    let ChildrenScan { kind, cursor, count } = scan;
    match kind {
        ChildrenKind::Failed => {
            let last = (cursor + u64::from(count)).saturating_sub(1);
            pipeline.cmd("ZRANGE").arg(key).arg(cursor).arg(last);
        }
        ChildrenKind::Unprocessed => {
            pipeline.cmd("SSCAN").arg(key).arg(cursor).arg("COUNT").arg(count);
        }
        ChildrenKind::Processed | ChildrenKind::Ignored => {
            pipeline.cmd("HSCAN").arg(key).arg(cursor).arg("COUNT").arg(count);
        }
    }
}

fn read_page(scan: ChildrenScan, reply: Value) -> Result<ChildrenPage> {
    let ChildrenScan { kind, cursor, count } = scan;
    if kind == ChildrenKind::Failed {
        let children = read_children(kind, reply)?;
        return Ok(ChildrenPage { kind, children, next_cursor: cursor + u64::from(count) });
    }
    let parts = Reply::new("children of a job", reply).into_items()?;
    let [cursor, page] =
        <[Value; 2]>::try_from(parts).map_err(|_| malformed("children of a job", "not a cursor and a page"))?;
    let next_cursor = Reply::new("cursor", cursor).into_count()?;
    Ok(ChildrenPage { kind, children: read_children(kind, page)?, next_cursor })
}

fn read_children(kind: ChildrenKind, reply: Value) -> Result<Vec<Child>> {
    let mut texts = Reply::new("children of a job", reply).into_texts()?.into_iter();
    let mut children = Vec::new();
    while let Some(key) = texts.next() {
        let value = if kind.has_values() { texts.next() } else { None };
        children.push(Child { key, value });
    }
    Ok(children)
}

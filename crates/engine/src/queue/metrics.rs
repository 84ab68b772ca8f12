//! Finished jobs per minute.

use redis::Value;

use crate::error::Result;
use crate::queue::Queue;
use crate::scripts::FinishedState;
use crate::wire::{Reply, malformed};

/// A part of the history of finished jobs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Jobs that finished since metrics are collected.
    pub count: u64,
    /// When the last minute was closed, ms since the Unix epoch.
    pub prev_timestamp: i64,
    /// `count` at that time.
    pub prev_count: u64,
    /// Jobs per minute, newest first.
    pub data: Vec<u64>,
    /// Minutes there are in all.
    pub points: u64,
}

impl Queue {
    /// Minutes `first` to `last` of the history of `state`, from 0, newest first; -1 is the oldest.
    pub async fn metrics(&self, state: FinishedState, first: i64, last: i64) -> Result<Metrics> {
        let (meta, data) = self.keys().metrics(state.name());
        let mut pipeline = redis::pipe();
        pipeline.cmd("HMGET").arg(meta).arg(&["count", "prevTS", "prevCount"]);
        pipeline.cmd("LRANGE").arg(&data).arg(first).arg(last);
        pipeline.cmd("LLEN").arg(&data);
        let replies = <[Value; 3]>::try_from(self.connection().call_all(&pipeline).await?);
        let [meta, points, length] = replies.map_err(|_| malformed("metrics", "not three replies"))?;
        let mut meta = Reply::new("metrics", meta).into_items()?.into_iter();
        let mut number = || match meta.next() {
            None | Some(Value::Nil) => Ok(0),
            Some(value) => Reply::new("metrics", value).into_integer(),
        };
        let (count, prev_timestamp, prev_count) = (number()?, number()?, number()?);
        let points = Reply::new("metrics", points).into_items()?;
        Ok(Metrics {
            count: count.unsigned_abs(),
            prev_timestamp,
            prev_count: prev_count.unsigned_abs(),
            data: points
                .into_iter()
                .map(|point| Reply::new("metrics point", point).into_count())
                .collect::<Result<_>>()?,
            points: Reply::new("metrics", length).into_count()?,
        })
    }
}

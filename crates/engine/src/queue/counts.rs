//! How many jobs there are.

use crate::error::Result;
use crate::job::JobState;
use crate::queue::Queue;
use crate::wire::Reply;

/// Jobs per state at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts([u64; 7]);

impl JobCounts {
    /// Jobs in this state.
    pub fn of(&self, state: JobState) -> u64 {
        // The states are numbered in the order the script counts them.
        self.0[state as usize]
    }

    /// Jobs that have yet to run: waiting, prioritized, delayed and waiting for children.
    pub fn pending(&self) -> u64 {
        [JobState::Waiting, JobState::Prioritized, JobState::Delayed, JobState::WaitingChildren]
            .into_iter()
            .map(|state| self.of(state))
            .sum()
    }
}

impl Queue {
    /// Counts the jobs of every state at one moment. Cost: constant.
    pub async fn counts(&self) -> Result<JobCounts> {
        self.scripts.counts().await.map(JobCounts)
    }

    /// Waiting jobs of each of these priorities, in the same order; priority 0 stands for jobs without one.
    pub async fn counts_per_priority(&self, priorities: &[u32]) -> Result<Vec<u64>> {
        let mut pipeline = redis::pipe();
        for priority in priorities {
            if *priority == 0 {
                pipeline.cmd("LLEN").arg(self.keys().named("wait"));
                pipeline.cmd("LLEN").arg(self.keys().named("paused"));
            } else {
                let lowest = u64::from(*priority) << 32;
                let highest = lowest | u64::from(u32::MAX);
                pipeline.cmd("ZCOUNT").arg(self.keys().named("prioritized")).arg(lowest).arg(highest);
            }
        }
        if priorities.is_empty() {
            return Ok(Vec::new());
        }
        let mut replies = self.connection().call_all(&pipeline).await?.into_iter();
        let mut count = || replies.next().map_or(Ok(0), |reply| Reply::new("job count", reply).into_count());
        priorities.iter().map(|priority| Ok(if *priority == 0 { count()? + count()? } else { count()? })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_numbered_in_the_order_of_the_counts() {
        let counts = JobCounts([1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(JobState::ALL.map(|state| counts.of(state)), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(counts.pending(), 3 + 5 + 6 + 7);
    }
}

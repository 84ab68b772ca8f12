//! Where a job can stand.

use std::fmt;

/// The states of BullMQ 6. Jobs of a paused queue are waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobState {
    /// A worker runs it.
    Active,
    /// It ended well.
    Completed,
    /// It waits for its time.
    Delayed,
    /// It ended badly, for good.
    Failed,
    /// It waits for a worker, ordered by priority, behind all jobs without one.
    Prioritized,
    /// It waits for a worker.
    Waiting,
    /// It waits for its children.
    WaitingChildren,
}

impl JobState {
    /// Every state, in the order BullMQ lists them.
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::Completed,
        Self::Delayed,
        Self::Failed,
        Self::Prioritized,
        Self::Waiting,
        Self::WaitingChildren,
    ];

    /// BullMQ's name of the state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Delayed => "delayed",
            Self::Failed => "failed",
            Self::Prioritized => "prioritized",
            Self::Waiting => "waiting",
            Self::WaitingChildren => "waiting-children",
        }
    }

    /// The state BullMQ calls `name`; `wait` and `paused` are other names of `waiting`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "wait" | "paused" => Some(Self::Waiting),
            _ => Self::ALL.into_iter().find(|state| state.name() == name),
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in JobState::ALL {
            assert_eq!(JobState::from_name(state.name()), Some(state));
        }
        assert_eq!(JobState::from_name("paused"), Some(JobState::Waiting));
        assert_eq!(JobState::from_name("unknown"), None);
    }
}

//! Names of calls, under which Redis remembers their answers for a minute.

use std::sync::{Arc, Mutex, MutexGuard};

/// Names the calls of one owner that are made all the time.
///
/// A name is a slot and a run. Redis keeps the latest answer of each slot, so that a busy owner leaves a handful of keys behind and not
/// one per call. A slot serves one call at a time, and only on the socket it was first used on: what is still under way on a socket
/// that was given up may arrive late, and must then meet its own answer and not that of a later run.
#[derive(Debug)]
pub(super) struct CallNames {
    owner: String,
    /// Never held across an await.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The socket that `free` belongs to.
    socket: Option<u64>,
    free: Vec<u64>,
    /// Slots used so far.
    slots: u64,
    /// Calls named so far.
    runs: u64,
}

/// The name of one call; its slot serves the next one when this is dropped.
#[derive(Debug)]
pub(super) struct CallName {
    names: Arc<CallNames>,
    socket: Option<u64>,
    slot: u64,
    run: u64,
}

impl CallNames {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { owner: super::new_call_id(), state: Mutex::default() })
    }

    /// Names a call that will be sent on `socket`; `None` if that is not known, and the name is then used once.
    pub(super) fn take(self: &Arc<Self>, socket: Option<u64>) -> CallName {
        let mut state = self.state();
        if state.socket != socket || socket.is_none() {
            state.free.clear();
            state.socket = socket;
        }
        let slot = state.free.pop().unwrap_or_else(|| {
            state.slots += 1;
            state.slots
        });
        state.runs += 1;
        CallName { names: Arc::clone(self), socket, slot, run: state.runs }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds this lock")
    }
}

impl CallName {
    /// The slot, as scripts take it.
    pub(super) fn slot(&self) -> String {
        format!("{}:{}", self.names.owner, self.slot)
    }

    /// The run, as scripts take it.
    pub(super) fn run(&self) -> String {
        self.run.to_string()
    }
}

impl Drop for CallName {
    fn drop(&mut self) {
        let mut state = self.names.state();
        if self.socket.is_some() && state.socket == self.socket {
            state.free.push(self.slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_one_after_another_share_a_slot_and_differ_in_their_run() {
        let names = CallNames::new();
        let (first, first_run) = {
            let name = names.take(Some(1));
            (name.slot(), name.run())
        };
        let second = names.take(Some(1));
        assert_eq!(second.slot(), first);
        assert_ne!(second.run(), first_run);
    }

    #[test]
    fn calls_at_the_same_time_have_slots_of_their_own() {
        let names = CallNames::new();
        let (first, second) = (names.take(Some(1)), names.take(Some(1)));
        assert_ne!(first.slot(), second.slot());
    }

    #[test]
    fn a_slot_is_not_used_again_on_another_socket() {
        let names = CallNames::new();
        let before = names.take(Some(1));
        let slot = before.slot();
        let after = names.take(Some(2));
        drop(before);
        assert_ne!(after.slot(), slot);
        assert_ne!(names.take(Some(2)).slot(), slot);
        assert_ne!(names.take(Some(1)).slot(), slot);
    }

    #[test]
    fn a_name_for_an_unknown_socket_is_used_once() {
        let names = CallNames::new();
        let slot = names.take(None).slot();
        assert_ne!(names.take(None).slot(), slot);
    }
}

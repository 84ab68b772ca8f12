//! Who waits for the replies of a socket: a pure decision, made with every call.

use std::time::Duration;

use tokio::time::Instant;

/// So many calls in a row, each alone on the socket, and the caller's event loop waits for the replies.
const CALLS_BEFORE_LOAN: u32 = 16;

/// So many calls in a row that were not alone, and it does not any more.
const CROWD: u32 = 4;

/// A loop that leaves a reply unread for longer does not turn; the server may also be slow, where it makes no difference who waits.
const UNREAD_AT_MOST: Duration = Duration::from_millis(20);

/// A loop that makes no calls for longer gives the replies back, so that nobody has to look after it.
const IDLE_AT_MOST: Duration = Duration::from_secs(1);

/// How often a loop that waits for replies is looked after.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A thread with an event loop.
    EventLoop,
    /// Another thread that has such a thread told what comes of it.
    OnBehalf,
    /// A thread that waits for the reply itself.
    Other,
}

/// Who waits for replies, and what has led there.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The loan under which an event loop waits; `None` = the engine's thread does.
    loan: Option<u64>,
    /// Loans so far.
    loans: u64,
    /// Calls in a row that speak for a change.
    streak: u32,
}

impl Reader {
    /// Whether replies are waited for under this loan.
    pub(super) fn is_on_loan(&self, loan: u64) -> bool {
        self.loan == Some(loan)
    }

    /// Whether some event loop waits for replies.
    pub(super) fn is_event_loop(&self) -> bool {
        self.loan.is_some()
    }

    /// The engine's thread waits for replies from now on.
    pub(super) fn end_loan(&mut self) {
        (self.loan, self.streak) = (None, 0);
    }

    /// A call is made; `is_alone` on the socket. Answers a new loan if the caller's event loop is to wait from now on.
    pub(super) fn call_made(&mut self, caller: Caller, is_alone: bool) -> Option<u64> {
        match (caller, self.is_event_loop()) {
            (Caller::Other, _) => self.end_loan(),
            (_, true) if is_alone => self.streak = 0,
            (_, true) => {
                self.streak += 1;
                if self.streak >= CROWD {
                    self.end_loan();
                }
            }
            (_, false) if is_alone => {
                self.streak += 1;
                if caller == Caller::EventLoop && self.streak >= CALLS_BEFORE_LOAN {
                    self.loans += 1;
                    (self.loan, self.streak) = (Some(self.loans), 0);
                    return self.loan;
                }
            }
            (_, false) => self.streak = 0,
        }
        None
    }

    /// Ends the loan of a loop that does not turn or has nothing to do. `oldest`: when the oldest call without a reply was made;
    /// `latest`: when the latest was.
    pub(super) fn look_after(&mut self, now: Instant, oldest: Option<Instant>, latest: Instant) {
        let is_late = oldest.is_some_and(|made| now - made > UNREAD_AT_MOST);
        if is_late || (oldest.is_none() && now - latest > IDLE_AT_MOST) {
            self.end_loan();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_loan() -> (Reader, u64) {
        let mut reader = Reader::default();
        let loan = (0..CALLS_BEFORE_LOAN).find_map(|_| reader.call_made(Caller::EventLoop, true));
        (reader, loan.unwrap())
    }

    #[test]
    fn calls_in_a_row_that_were_alone_let_the_event_loop_wait() {
        let mut reader = Reader::default();
        for _ in 1..CALLS_BEFORE_LOAN {
            assert_eq!(reader.call_made(Caller::EventLoop, true), None);
        }
        assert_eq!(reader.call_made(Caller::EventLoop, true), Some(1));
        assert!(reader.is_on_loan(1) && reader.is_event_loop());
    }

    #[test]
    fn a_crowd_or_another_caller_in_between_starts_the_count_again() {
        for interruption in [(Caller::EventLoop, false), (Caller::Other, true)] {
            let mut reader = Reader::default();
            for _ in 0..10 * CALLS_BEFORE_LOAN {
                for _ in 2..CALLS_BEFORE_LOAN {
                    assert_eq!(reader.call_made(Caller::EventLoop, true), None);
                }
                assert_eq!(reader.call_made(interruption.0, interruption.1), None);
            }
        }
    }

    #[test]
    fn another_caller_ends_a_loan_at_once_and_a_crowd_soon() {
        let (mut reader, loan) = on_loan();
        reader.call_made(Caller::Other, true);
        assert!(!reader.is_on_loan(loan));

        let (mut reader, loan) = on_loan();
        for _ in 1..CROWD {
            reader.call_made(Caller::EventLoop, false);
            assert!(reader.is_on_loan(loan));
        }
        reader.call_made(Caller::EventLoop, false);
        assert!(!reader.is_event_loop());
    }

    #[test]
    fn only_the_thread_of_an_event_loop_gets_a_loan_but_calls_on_its_behalf_speak_for_it() {
        let mut reader = Reader::default();
        for _ in 0..10 * CALLS_BEFORE_LOAN {
            assert_eq!(reader.call_made(Caller::OnBehalf, true), None);
        }
        assert_eq!(reader.call_made(Caller::EventLoop, true), Some(1));
        reader.call_made(Caller::OnBehalf, true);
        assert!(reader.is_on_loan(1));
    }

    #[test]
    fn a_new_loan_is_not_the_old_one() {
        let (mut reader, loan) = on_loan();
        reader.end_loan();
        let next = (0..CALLS_BEFORE_LOAN).find_map(|_| reader.call_made(Caller::EventLoop, true)).unwrap();
        assert!(reader.is_on_loan(next) && !reader.is_on_loan(loan));
    }

    #[test]
    fn a_loop_that_does_not_turn_loses_its_loan_and_a_busy_one_keeps_it() {
        let now = Instant::now() + Duration::from_mins(1);
        let (mut reader, loan) = on_loan();
        reader.look_after(now, Some(now - UNREAD_AT_MOST), now - UNREAD_AT_MOST);
        assert!(reader.is_on_loan(loan));
        reader.look_after(now, Some(now - UNREAD_AT_MOST - Duration::from_millis(1)), now);
        assert!(!reader.is_on_loan(loan));
    }

    #[test]
    fn an_idle_loop_gives_its_loan_back() {
        let now = Instant::now() + Duration::from_mins(1);
        let (mut reader, loan) = on_loan();
        reader.look_after(now, None, now - IDLE_AT_MOST);
        assert!(reader.is_on_loan(loan));
        reader.look_after(now, None, now - IDLE_AT_MOST - Duration::from_millis(1));
        assert!(!reader.is_on_loan(loan));
    }
}

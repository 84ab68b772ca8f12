//! Who waits for the replies of a socket: a pure decision, made with every call and every read.

use std::time::Duration;

use tokio::time::Instant;

/// So many calls in a row whose caller is told of the reply on an event loop, and that loop waits for the replies.
const CALLS_BEFORE_LOAN: u32 = 16;

/// So many large reads in a row, and it does not any more.
const LARGE_READS: u32 = 4;

/// To take apart what a larger read brings takes longer than to wake another thread for it, bytes.
const LARGE: usize = 4096;

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
    /// The engine, for itself.
    Other,
}

/// Who waits for replies, and what has led there.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The loan under which an event loop waits; `None` = the engine's thread does.
    loan: Option<u64>,
    /// Loans so far.
    loans: u64,
    /// Calls or reads in a row that speak for a change.
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

    /// A call is made. Answers a new loan if the caller's event loop is to wait from now on.
    pub(super) fn call_made(&mut self, caller: Caller) -> Option<u64> {
        match (caller, self.is_event_loop()) {
            (Caller::Other, _) => self.end_loan(),
            (_, true) => {}
            (_, false) => {
                self.streak += 1;
                if caller == Caller::EventLoop && self.streak >= CALLS_BEFORE_LOAN {
                    self.loans += 1;
                    (self.loan, self.streak) = (Some(self.loans), 0);
                    return self.loan;
                }
            }
        }
        None
    }

    /// So many bytes were read at once.
    pub(super) fn has_read(&mut self, bytes: usize) {
        match (self.is_event_loop(), bytes > LARGE) {
            (true, true) => {
                self.streak += 1;
                if self.streak >= LARGE_READS {
                    self.end_loan();
                }
            }
            (true, false) | (false, true) => self.streak = 0,
            (false, false) => {}
        }
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
        let loan = (0..CALLS_BEFORE_LOAN).find_map(|_| reader.call_made(Caller::EventLoop));
        (reader, loan.unwrap())
    }

    #[test]
    fn calls_in_a_row_let_the_event_loop_wait() {
        let mut reader = Reader::default();
        for _ in 1..CALLS_BEFORE_LOAN {
            assert_eq!(reader.call_made(Caller::EventLoop), None);
            reader.has_read(LARGE);
        }
        assert_eq!(reader.call_made(Caller::EventLoop), Some(1));
        assert!(reader.is_on_loan(1) && reader.is_event_loop());
    }

    #[test]
    fn the_end_of_a_loan_or_a_large_read_in_between_starts_the_count_again() {
        let interruptions: [fn(&mut Reader); 2] = [Reader::end_loan, |reader| reader.has_read(LARGE + 1)];
        for interrupt in interruptions {
            let mut reader = Reader::default();
            for _ in 0..10 * CALLS_BEFORE_LOAN {
                for _ in 1..CALLS_BEFORE_LOAN {
                    assert_eq!(reader.call_made(Caller::EventLoop), None);
                }
                interrupt(&mut reader);
            }
        }
    }

    #[test]
    fn another_caller_ends_a_loan_at_once_and_large_reads_in_a_row_soon() {
        let (mut reader, loan) = on_loan();
        reader.call_made(Caller::Other);
        assert!(!reader.is_on_loan(loan));

        let (mut reader, loan) = on_loan();
        for _ in 0..10 {
            for _ in 1..LARGE_READS {
                reader.has_read(LARGE + 1);
            }
            reader.has_read(LARGE);
        }
        assert!(reader.is_on_loan(loan));
        for _ in 0..LARGE_READS {
            assert!(reader.is_on_loan(loan));
            reader.has_read(LARGE + 1);
        }
        assert!(!reader.is_event_loop());
    }

    #[test]
    fn only_the_thread_of_an_event_loop_gets_a_loan_but_calls_on_its_behalf_speak_for_it() {
        let mut reader = Reader::default();
        for _ in 0..10 * CALLS_BEFORE_LOAN {
            assert_eq!(reader.call_made(Caller::OnBehalf), None);
        }
        assert_eq!(reader.call_made(Caller::EventLoop), Some(1));
        reader.call_made(Caller::OnBehalf);
        assert!(reader.is_on_loan(1));
    }

    #[test]
    fn a_new_loan_is_not_the_old_one() {
        let (mut reader, loan) = on_loan();
        reader.end_loan();
        let next = (0..CALLS_BEFORE_LOAN).find_map(|_| reader.call_made(Caller::EventLoop)).unwrap();
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

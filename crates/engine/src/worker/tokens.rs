//! Lock tokens: `<worker id>:<number of the run>`. The number is all that the worker and its owner need between them.

/// Makes the tokens of one worker.
#[derive(Debug)]
pub(super) struct Tokens {
    worker_id: String,
    runs: u64,
}

impl Tokens {
    pub(super) fn new(worker_id: String) -> Self {
        Self { worker_id, runs: 0 }
    }

    /// A token that no run had before.
    pub(super) fn take(&mut self) -> String {
        self.runs += 1;
        token_of(&self.worker_id, self.runs)
    }
}

/// The token of a worker's run.
pub fn token_of(worker_id: &str, run: u64) -> String {
    format!("{worker_id}:{run}")
}

/// The run that has this token of a worker; 0 = none, for runs count from 1.
pub fn run_of(token: &str) -> u64 {
    token.rsplit_once(':').and_then(|(_, run)| run.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_count_the_runs_of_a_worker() {
        let mut tokens = Tokens::new("queue:w".into());
        assert_eq!([tokens.take(), tokens.take()], ["queue:w:1", "queue:w:2"]);
        assert_eq!(run_of(&tokens.take()), 3);
    }

    #[test]
    fn a_token_of_others_names_no_run() {
        assert_eq!([run_of("0"), run_of("w:x"), run_of("")], [0; 3]);
    }
}

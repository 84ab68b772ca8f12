//! Work on all jobs of a state, a page per call.

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use crate::error::Result;

/// Calls under way at once, so that Redis works on one page while the answer of another is on its way.
pub(super) const PAGES_AT_ONCE: usize = 2;

/// Calls for pages until one tells that there is no more.
pub(super) async fn all_pages<F: Future<Output = Result<bool>>>(page: impl Fn() -> F) -> Result<()> {
    let mut is_more = page().await?;
    let mut calls = FuturesOrdered::new();
    loop {
        while is_more && calls.len() < PAGES_AT_ONCE {
            calls.push_back(page());
        }
        match calls.next().await {
            None => return Ok(()),
            Some(Ok(found_more)) => is_more &= found_more,
            Some(Err(error)) if is_more => return Err(error),
            // A call behind the last page has found nothing to work on.
            Some(Err(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::Error;

    /// What the calls answer, one after another; how many were made is counted.
    async fn run(answers: &[fn() -> Result<bool>]) -> (Result<()>, usize) {
        let calls = Cell::new(0);
        let ended = all_pages(|| {
            let answer = answers[calls.replace(calls.get() + 1)]();
            async { answer }
        });
        (ended.await, calls.get())
    }

    #[tokio::test]
    async fn one_page_takes_one_call() {
        assert!(matches!(run(&[|| Ok(false)]).await, (Ok(()), 1)));
    }

    #[tokio::test]
    async fn a_call_behind_the_last_page_may_find_the_queue_gone() {
        assert!(matches!(run(&[|| Ok(true), || Ok(false), || Err(Error::NotPaused)]).await, (Ok(()), 3)));
    }

    #[tokio::test]
    async fn a_page_that_fails_before_the_last_one_fails_all() {
        let (ended, calls) = run(&[|| Ok(true), || Err(Error::NotPaused), || Ok(true)]).await;
        assert!(matches!(ended, Err(Error::NotPaused)));
        assert_eq!(calls, 3);
    }
}

use super::*;

const CAPS: Caps = Caps { finishes: 50, fetch: 100 };
const EMPTY: Fetched = Fetched { jobs: 0, rate_limit: Duration::ZERO, next_delayed_ms: None, is_empty: true };
const NEAR: Duration = Duration::from_micros(100);

fn ready() -> WorkerState {
    let mut state = WorkerState::new(CAPS);
    state.look_again();
    state
}

fn jobs(jobs: usize) -> Fetched {
    Fetched { jobs, is_empty: false, ..EMPTY }
}

/// Sends the next call and answers it with as many jobs as given.
fn fetch(state: &mut WorkerState, concurrency: usize, fetched: Fetched) {
    let plan = state.plan(0, concurrency).expect("a call is due");
    state.call_sent(plan);
    state.call_answered(plan, fetched, NEAR, Instant::now());
    (0..fetched.jobs).for_each(|_| state.job_started());
}

#[test]
fn nothing_is_sent_before_the_connection_is_open() {
    assert_eq!(WorkerState::new(CAPS).plan(1, 1), None);
}

#[test]
fn a_fetch_asks_for_free_slots_only() {
    let mut state = ready();
    assert_eq!(state.plan(0, 10), Some(Plan { finishes: 0, fetch: 10 }));
    fetch(&mut state, 10, jobs(10));
    assert_eq!(state.plan(0, 10), None);
    state.job_ended();
    assert_eq!(state.plan(1, 10), Some(Plan { finishes: 1, fetch: 1 }));
}

#[test]
fn large_jobs_are_fetched_in_calls_whose_replies_are_written_at_once_unless_redis_is_far_away() {
    let asked_for = |away| {
        let mut state = ready();
        let plan = Plan { finishes: 0, fetch: 10 };
        state.call_sent(plan);
        state.jobs_came(10, 50_000);
        state.call_answered(plan, jobs(10), away, Instant::now());
        state.plan(20, 50)
    };
    assert_eq!(asked_for(NEAR), Some(Plan { finishes: 20, fetch: 10 }));
    for away in [1, 10] {
        assert_eq!(asked_for(Duration::from_millis(away)), Some(Plan { finishes: 20, fetch: 50 }));
    }
}

#[test]
fn slots_promised_to_a_call_in_flight_are_not_promised_twice() {
    let mut state = ready();
    state.call_sent(Plan { finishes: 0, fetch: 6 });
    assert_eq!(state.plan(0, 10), Some(Plan { finishes: 0, fetch: 4 }));
}

#[test]
fn a_third_call_waits() {
    let mut state = ready();
    state.call_sent(Plan { finishes: 1, fetch: 1 });
    state.call_sent(Plan { finishes: 1, fetch: 1 });
    assert_eq!(state.plan(5, 10), None);
}

#[test]
fn further_calls_do_not_wait_where_redis_is_far_away() {
    let mut state = ready();
    let plan = Plan { finishes: 1, fetch: 1 };
    state.call_sent(plan);
    state.call_answered(plan, jobs(1), Duration::from_millis(10), Instant::now());
    (0..6).for_each(|_| state.call_sent(plan));
    assert_eq!(state.plan(1, 7), Some(plan));
    state.call_sent(plan);
    assert_eq!(state.plan(1, 7), None);
}

#[test]
fn results_that_do_not_fit_into_a_call_keep_their_slots() {
    let state = ready();
    assert_eq!(state.plan(60, 60), Some(Plan { finishes: 50, fetch: 50 }));
}

#[test]
fn lowering_the_concurrency_stops_fetching_until_enough_jobs_ended() {
    let mut state = ready();
    fetch(&mut state, 4, jobs(4));
    state.job_ended();
    assert_eq!(state.plan(1, 2), Some(Plan { finishes: 1, fetch: 0 }));
}

#[test]
fn a_partly_filled_fetch_waits_for_a_marker_and_asks_again_with_the_next_result() {
    let mut state = ready();
    fetch(&mut state, 2, jobs(1));
    assert_eq!(state.plan(0, 2), None);
    assert!(matches!(state.marker_wish(2, Duration::from_secs(5), 0), MarkerWish::Wait(_)));
    state.job_ended();
    assert_eq!(state.plan(1, 2), Some(Plan { finishes: 1, fetch: 2 }));
}

#[test]
fn a_full_worker_leaves_markers_to_others() {
    let mut state = ready();
    fetch(&mut state, 2, jobs(1));
    assert_eq!(state.marker_wish(1, Duration::from_secs(5), 0), MarkerWish::Leave);
}

#[test]
fn a_marker_of_a_delayed_job_is_waited_for() {
    let mut state = ready();
    fetch(&mut state, 1, EMPTY);
    state.woken(Some(1_300), 1_000);
    assert_eq!(state.marker_wish(1, Duration::from_secs(5), 1_000), MarkerWish::Wait(Duration::from_millis(300)));
    assert_eq!(state.marker_wish(1, Duration::from_secs(5), 1_400), MarkerWish::Wait(Duration::from_millis(2)));
    state.woken(None, 1_300);
    assert_eq!(state.phase(), Phase::Due);
}

#[test]
fn a_rate_limit_stops_fetching_but_not_settling() {
    let mut state = ready();
    fetch(&mut state, 2, Fetched { rate_limit: Duration::from_secs(1), ..jobs(1) });
    assert_eq!(state.plan(0, 2), None);
    state.job_ended();
    assert_eq!(state.plan(1, 2), Some(Plan { finishes: 1, fetch: 0 }));
    assert!(state.pause_ends_at().is_some());
}

#[test]
fn pauses_after_failures_grow_up_to_a_bound_and_start_over_after_success() {
    let mut state = ready();
    let plan = Plan { finishes: 0, fetch: 1 };
    let mut pause = |longest_ms| {
        let now = Instant::now();
        state.call_sent(plan);
        state.call_failed(plan, Duration::from_millis(longest_ms), now);
        (state.pause_ends_at().expect("it pauses") - now).as_millis()
    };
    let pauses: Vec<u128> = (0..7).map(|_| pause(15_000)).collect();
    assert_eq!(pauses, [50, 100, 200, 400, 800, 1_000, 1_000]);
    assert_eq!(pause(20), 20);
    assert_eq!(state.plan(1, 1), None);
    state.look_again();
    fetch(&mut state, 1, EMPTY);
    state.back_off(Duration::from_secs(15), Instant::now());
    assert!(state.pause_ends_at().expect("it pauses") <= Instant::now() + Duration::from_millis(50));
}

#[test]
fn drained_is_told_once_per_drain_and_only_when_nothing_runs() {
    let mut state = ready();
    assert!(state.became_drained(EMPTY, 0));
    assert!(!state.became_drained(EMPTY, 0));
    state.job_started();
    assert!(!state.became_drained(EMPTY, 0));
    state.job_ended();
    assert!(!state.became_drained(jobs(1), 0));
    assert!(!state.became_drained(EMPTY, 1));
    assert!(state.became_drained(EMPTY, 0));
}

#[test]
fn an_answer_does_not_replace_asking_for_the_time() {
    let mut state = ready();
    let plan = Plan { finishes: 1, fetch: 1 };
    state.call_sent(plan);
    state.ask_time();
    state.call_answered(plan, EMPTY, NEAR, Instant::now());
    assert_eq!(state.phase(), Phase::AskingTime);
    assert_eq!(state.plan(0, 1), None);
}

#[test]
fn a_marker_that_comes_during_a_call_is_looked_at_after_the_answer() {
    let mut state = ready();
    fetch(&mut state, 3, jobs(1));
    state.job_ended();
    let plan = state.plan(1, 3).unwrap();
    state.call_sent(plan);
    state.woken(Some(0), 1_000);
    assert_eq!(state.plan(0, 3), None, "all slots are promised to the call");
    state.call_answered(plan, EMPTY, NEAR, Instant::now());
    assert_eq!(state.plan(0, 3), Some(Plan { finishes: 0, fetch: 3 }));
}

#[test]
fn a_due_time_that_comes_during_a_call_is_not_forgotten_with_the_answer() {
    let mut state = ready();
    fetch(&mut state, 2, jobs(1));
    state.job_ended();
    let plan = state.plan(1, 2).unwrap();
    state.call_sent(plan);
    state.woken(Some(5_000), 1_000);
    state.call_answered(plan, EMPTY, NEAR, Instant::now());
    assert_eq!(state.plan(0, 2), Some(Plan { finishes: 0, fetch: 2 }));
}

#[test]
fn a_wait_that_runs_goes_on_while_slots_are_free() {
    let mut state = ready();
    fetch(&mut state, 3, jobs(1));
    state.woken(Some(0), 1_000);
    assert_eq!(state.marker_wish(3, Duration::from_secs(5), 1_000), MarkerWish::Keep);
    fetch(&mut state, 3, jobs(2));
    assert_eq!(state.marker_wish(3, Duration::from_secs(5), 1_000), MarkerWish::Leave);
}

#[test]
fn an_owner_starts_half_of_its_runs_per_turn_and_no_more_than_a_call_settles() {
    let per_turn = |concurrency| CAPS.runs_per_turn(concurrency);
    assert_eq!([1, 8, 9, 50, 200].map(per_turn), [4, 4, 5, 25, 50]);
}

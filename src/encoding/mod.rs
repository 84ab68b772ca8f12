//! Batches as one string of lines: JSON text never contains a raw newline, so lines need no lengths and no escaping.
//!
//! Pure: texts in, texts out.

mod children;
mod flows;
mod job_lines;
mod job_results;
mod new_jobs;
mod queue_events;
mod worker_events;

pub(crate) use children::{children_counts_text, children_pages_text, children_text, dependencies_text};
pub(crate) use flows::{added_flow_text, flow_text, read_flow_jobs};
pub(crate) use job_lines::{job_text, jobs_text};
pub(crate) use job_results::read_results;
pub(crate) use new_jobs::{TimedJob, added_json, read_new_jobs};
pub(crate) use queue_events::queue_events_text;
pub(crate) use worker_events::worker_events_text;

use serde::Serialize;

/// A batch being written.
#[derive(Debug, Default)]
struct Lines {
    text: String,
}

impl Lines {
    /// Appends a value as one line of JSON.
    fn push_json(&mut self, value: &impl Serialize) {
        let line = serde_json::to_string(value).expect("headers have text keys and no failing serializers");
        self.push_line(&line);
    }

    /// Appends JSON text that passes through untouched; line breaks between its tokens become spaces.
    fn push_text(&mut self, json: &str) {
        if json.contains('\n') {
            self.push_line(&json.replace('\n', " "));
        } else {
            self.push_line(json);
        }
    }

    fn push_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The batch; the last line has no line break.
    fn into_text(mut self) -> String {
        self.text.pop();
        self.text
    }
}

//! Runs one program within its limits.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::VideoError;
use super::confinement::{self, KernelLimits};

/// How often limits of time and the cancellation are looked at.
const POLL: Duration = Duration::from_millis(50);
/// Lines that wait to be read; when there are more, the program waits.
const LINES_QUEUED: usize = 256;
/// No line that matters is longer; the rest of a longer one counts as the next.
const LINE_MAX: u64 = 16 << 10;
/// What is kept of the error output: its end.
const ERRORS_KEPT: usize = 8 << 10;

/// One run of a program.
#[derive(Debug)]
pub(super) struct Task<'a> {
    pub(super) program: &'a Path,
    pub(super) arguments: Vec<OsString>,
    /// Working directory. Its path is taken out of messages.
    pub(super) directory: &'a Path,
    pub(super) limits: RunLimits,
    pub(super) cancel: &'a CancellationToken,
}

/// What one run may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunLimits {
    pub(super) timeout: Duration,
    pub(super) stall_timeout: Duration,
    pub(super) kernel: KernelLimits,
}

/// Whether a line of output shows that the program has got further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advance {
    Further,
    Standing,
}

/// Why a program ended without success: its exit code, if it has one, and the end of its error output.
#[derive(Debug)]
pub(super) struct Unsuccessful {
    pub(super) code: Option<i32>,
    pub(super) errors: String,
}

impl Task<'_> {
    /// Runs the program to its end, on this thread. Every line of its output goes to `on_line`.
    ///
    /// # Errors
    /// The outer one if it could not be run or was killed for a limit or the cancellation, the inner one if it failed by itself.
    pub(super) fn run(&self, on_line: impl FnMut(&str) -> Advance) -> Result<Result<(), Unsuccessful>, VideoError> {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).current_dir(self.directory).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        confinement::confine(&mut command, self.limits.kernel);
        let failed = |error: std::io::Error| VideoError::Failed { detail: error.to_string() };
        let mut running = Running(command.spawn().map_err(failed)?);
        let lines = lines_of(running.0.stdout.take().expect("the output is a pipe"));
        let errors = end_of(running.0.stderr.take().expect("the error output is a pipe"));
        let status = self.watch(&mut running, &lines, on_line)?;
        // Another process may hold the pipe; what counts is there once the program has ended.
        let errors = errors.join().unwrap_or_default();
        if status.success() {
            return Ok(Ok(()));
        }
        if confinement::wrote_too_much(status) || errors.contains("File too large") {
            let limit = self.limits.kernel.file_bytes;
            return Err(VideoError::TooLarge { detail: format!("the result has more than {limit} bytes") });
        }
        let directory = format!("{}/", self.directory.display());
        Ok(Err(Unsuccessful { code: status.code(), errors: errors.replace(&directory, "") }))
    }

    fn watch(
        &self,
        running: &mut Running,
        lines: &Receiver<String>,
        mut on_line: impl FnMut(&str) -> Advance,
    ) -> Result<ExitStatus, VideoError> {
        let started = Instant::now();
        let mut advanced = started;
        let mut is_talking = true;
        loop {
            if is_talking {
                match lines.recv_timeout(POLL) {
                    Ok(line) if on_line(&line) == Advance::Further => advanced = Instant::now(),
                    Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => is_talking = false,
                }
            } else if let Some(status) = running.0.try_wait().map_err(|error| wait_failed(&error))? {
                return Ok(status);
            } else {
                thread::sleep(POLL);
            }
            self.check(started, advanced)?;
        }
    }

    fn check(&self, started: Instant, advanced: Instant) -> Result<(), VideoError> {
        let RunLimits { timeout, stall_timeout, .. } = self.limits;
        if self.cancel.is_cancelled() {
            Err(VideoError::Cancelled)
        } else if started.elapsed() > timeout {
            Err(VideoError::TimedOut { limit: timeout })
        } else if advanced.elapsed() > stall_timeout {
            Err(VideoError::Stalled { limit: stall_timeout })
        } else {
            Ok(())
        }
    }
}

fn wait_failed(error: &std::io::Error) -> VideoError {
    VideoError::Failed { detail: error.to_string() }
}

/// A program that does not outlive its watch.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            confinement::kill(&mut self.0);
            self.0.wait().ok();
        }
    }
}

/// Reads on a thread of its own, so that the watch never blocks. Ends with the pipe, or with the receiver.
fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(LINES_QUEUED);
    thread::spawn(move || send_lines(BufReader::new(output), &sender));
    receiver
}

fn send_lines(mut output: impl BufRead, sender: &SyncSender<String>) {
    loop {
        let mut line = Vec::new();
        match output.by_ref().take(LINE_MAX).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
            return;
        }
    }
}

fn end_of(mut output: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = output.read(&mut chunk) {
            kept.extend_from_slice(&chunk[..read]);
            let surplus = kept.len().saturating_sub(ERRORS_KEPT);
            kept.drain(..surplus);
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const GENEROUS: RunLimits = RunLimits {
        timeout: Duration::from_mins(1),
        stall_timeout: Duration::from_mins(1),
        kernel: KernelLimits { memory: 1 << 32, file_bytes: 1 << 20 },
    };

    fn run(
        script: &str,
        limits: RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Result<(), Unsuccessful>, VideoError> {
        let directory = tempfile::tempdir().unwrap();
        let arguments = vec!["-c".into(), script.into()];
        let task = Task { program: Path::new("/bin/sh"), arguments, directory: directory.path(), limits, cancel };
        task.run(|line| {
            if line == "cancel" {
                cancel.cancel();
            }
            if line == "standing" { Advance::Standing } else { Advance::Further }
        })
    }

    #[test]
    fn the_environment_is_empty() {
        let result = run("[ -z \"$HOME$USER$CARGO\" ] || exit 3", GENEROUS, &CancellationToken::new());
        assert!(result.unwrap().is_ok());
    }

    #[test]
    fn a_failure_comes_with_its_code_and_the_end_of_the_error_output() {
        let unsuccessful = run("echo first >&2; echo last >&2; exit 7", GENEROUS, &CancellationToken::new());
        let unsuccessful = unsuccessful.unwrap().unwrap_err();
        assert_eq!((unsuccessful.code, unsuccessful.errors.as_str()), (Some(7), "first\nlast\n"));
    }

    #[test]
    fn a_program_that_never_ends_is_killed_with_its_children() {
        let limits = RunLimits { timeout: Duration::from_millis(100), ..GENEROUS };
        let result = run("sleep 1000 & echo $! >&2; exec sleep 1000", limits, &CancellationToken::new());
        assert_eq!(result.unwrap_err().to_string(), "video processing did not end within 0.1 s");
    }

    #[test]
    fn a_program_that_gets_no_further_is_killed() {
        let limits = RunLimits { stall_timeout: Duration::from_millis(100), ..GENEROUS };
        let result = run("while true; do echo standing; sleep 0.01; done", limits, &CancellationToken::new());
        assert!(matches!(result.unwrap_err(), VideoError::Stalled { .. }));
    }

    #[test]
    fn cancelling_kills_the_program() {
        let result = run("echo cancel; exec sleep 1000", GENEROUS, &CancellationToken::new());
        assert!(matches!(result.unwrap_err(), VideoError::Cancelled));
    }

    #[test]
    fn a_file_beyond_its_limit_is_an_error() {
        let result = run("exec head -c 2000000 /dev/zero > result", GENEROUS, &CancellationToken::new());
        let error = result.unwrap_err();
        assert_eq!(error.to_string(), "video is too large: the result has more than 1048576 bytes");
    }

    #[test]
    fn memory_is_limited() {
        let kernel = KernelLimits { memory: 64 << 20, ..GENEROUS.kernel };
        let script = "x=x; while true; do x=$x$x; done";
        assert!(run(script, RunLimits { kernel, ..GENEROUS }, &CancellationToken::new()).unwrap().is_err());
    }
}

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::task::Measured;

/// Marks the measured part and tells the benchmark about it, over the channel of lines of JSON that Node opens for its children.
pub(crate) struct Meter {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    started_at: Instant,
    cpu_before: Duration,
}

/// What the measured part took.
pub(crate) struct Elapsed {
    pub(crate) seconds: f64,
    pub(crate) cpu_micros: f64,
}

impl Meter {
    pub(crate) fn from_environment() -> io::Result<Self> {
        let number = std::env::var("NODE_CHANNEL_FD").map_err(io::Error::other)?;
        let fd = number.parse().map_err(io::Error::other)?;
        // SAFETY: Node hands this descriptor over to its child, and nothing else in this process uses it.
        let writer = unsafe { UnixStream::from_raw_fd(fd) };
        writer.set_nonblocking(false)?;
        Ok(Self {
            reader: BufReader::new(writer.try_clone()?),
            writer,
            started_at: Instant::now(),
            cpu_before: Duration::ZERO,
        })
    }

    /// Begins the measured part, once the benchmark has noted what Redis did before.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        self.send(&json!({ "phase": "begin" }))?;
        self.cpu_before = process_cpu();
        self.started_at = Instant::now();
        Ok(())
    }

    /// Ends the measured part now.
    pub(crate) fn end(&self) -> Elapsed {
        Elapsed {
            seconds: self.started_at.elapsed().as_secs_f64(),
            cpu_micros: (process_cpu() - self.cpu_before).as_secs_f64() * 1e6,
        }
    }

    pub(crate) fn report(&mut self, measured: &Measured) -> io::Result<()> {
        self.send(&json!({ "phase": "end", "metrics": measured.metrics, "jobs": measured.jobs }))
    }

    /// Sends a message and waits for the answer.
    fn send(&mut self, message: &Value) -> io::Result<()> {
        writeln!(self.writer, "{message}")?;
        self.reader.read_line(&mut String::new())?;
        Ok(())
    }
}

/// User and system time of all threads.
fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

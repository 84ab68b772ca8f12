use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs the server, prints its pid, and kills it when standard input ends.
///
/// The pipe closes however the test process ends, so a panic, a `static` that is never dropped or kill -9 leaves no server behind.
const SCRIPT: &str = r#""$@" </dev/null >/dev/null 2>&1 & echo "$!"; read -r _; kill -9 "$!" 2>/dev/null; wait "$!""#;

/// A server process that cannot outlive this process.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
    pid: u32,
}

impl Watchdog {
    /// Starts `program` with `arguments`; its output is discarded.
    pub(crate) fn spawn(program: &Path, arguments: &[String]) -> io::Result<Self> {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = shell.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let pid = line.trim().parse().map_err(io::Error::other)?;
        Ok(Self { shell, pid })
    }

    /// The server's own process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }
}

impl Drop for Watchdog {
    /// Kills the server with SIGKILL and returns when it is gone.
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            eprintln!("could not wait for the end of test server {}: {error}", self.pid);
        }
    }
}

//! What a child process may take from the system.

use std::process::{Child, Command};

/// Enforced by the kernel, whatever the program does.
#[derive(Debug, Clone, Copy)]
pub(super) struct KernelLimits {
    /// Address space in bytes.
    pub(super) memory: u64,
    /// Largest file it may write, in bytes.
    pub(super) file_bytes: u64,
}

#[cfg(unix)]
const OPEN_FILES_MAX: u64 = 64;

/// Prepares `command`: a process group of its own, and limits that hold from its first instruction on.
#[cfg(unix)]
#[allow(unsafe_code)] // `pre_exec` is the only way to have limits from the first instruction on
pub(super) fn confine(command: &mut Command, limits: KernelLimits) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
    // SAFETY: between fork and exec the closure makes system calls only; it neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(move || limits.apply());
    }
}

#[cfg(unix)]
impl KernelLimits {
    fn apply(self) -> std::io::Result<()> {
        use rustix::process::{Resource, Rlimit, setrlimit};

        let limits = [
            (Resource::As, self.memory),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, OPEN_FILES_MAX),
            (Resource::Core, 0),
        ];
        for (resource, limit) in limits {
            setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
        }
        // A worker that is killed takes its children with it.
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        Ok(())
    }
}

/// Kills the child and whatever it started. The child must not have been waited for.
#[cfg(unix)]
pub(super) fn kill(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    let killed = group.map(|group| rustix::process::kill_process_group(group, rustix::process::Signal::KILL));
    if !matches!(killed, Some(Ok(()))) {
        // It is gone already, or not yet the leader of its group.
        child.kill().ok();
    }
}

/// Only the time is limited here: this system has no such limits per process.
#[cfg(not(unix))]
pub(super) fn confine(_: &mut Command, _: KernelLimits) {}

#[cfg(not(unix))]
pub(super) fn kill(child: &mut Child) {
    child.kill().ok();
}

/// Whether the kernel ended the child because it wrote more than it may.
#[cfg(unix)]
pub(super) fn wrote_too_much(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    status.signal() == Some(rustix::process::Signal::XFSZ.as_raw())
}

#[cfg(not(unix))]
pub(super) fn wrote_too_much(_: std::process::ExitStatus) -> bool {
    false
}

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::server_process::{find_program, free_port, start};
use crate::watchdog::Watchdog;

/// Where Debian keeps the programs of each version.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root; the package brings this user.
const USER: &str = "postgres";

/// A PostgreSQL server of the test's own: loopback, free port, empty, killed when dropped or when the test process ends.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    // In this order: the server ends before its files go.
    _process: Watchdog,
    _directory: TempDir,
}

impl PostgresServer {
    /// Starts a server.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn launch() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let data = directory.path().join("data");
        Self::prepare(&directory, &data).expect("a database cluster can be made");
        let port = free_port();
        let listening = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off");
        let mut arguments = vec![program("postgres"), "-D".into(), data.display().to_string()];
        arguments.extend(listening.split(' ').map(String::from));
        let mut command = as_server_user(arguments);
        let first = command.remove(0);
        let process = start(&first, &command, || is_ready(port)).expect("PostgreSQL starts");
        Self { port, _process: process, _directory: directory }
    }

    /// `postgresql://postgres@127.0.0.1:<port>/postgres`
    pub fn url(&self) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn prepare(directory: &TempDir, data: &Path) -> io::Result<()> {
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        fs::create_dir(data)?;
        if is_root() {
            run(&["chown".into(), USER.into(), data.display().to_string()])?;
        }
        let options = "-U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C";
        let mut command = vec![program("initdb"), "-D".into(), data.display().to_string()];
        command.extend(options.split(' ').map(String::from));
        run(&as_server_user(command))
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// The command as another user when this one is root. `setpriv` becomes the command: its process id is the server's.
fn as_server_user(command: Vec<String>) -> Vec<String> {
    if !is_root() {
        return command;
    }
    let prefix =
        ["setpriv".to_owned(), format!("--reuid={USER}"), format!("--regid={USER}"), "--clear-groups".to_owned()];
    prefix.into_iter().chain(command).collect()
}

fn program(name: &str) -> String {
    let versions = fs::read_dir(DEBIAN_FOLDER).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let found = find_program(&[name], &folders).unwrap_or_else(|| panic!("{name} is missing: install postgresql"));
    found.display().to_string()
}

fn is_ready(port: u16) -> bool {
    run(&[program("pg_isready"), "-h".into(), "127.0.0.1".into(), "-p".into(), port.to_string()]).is_ok()
}

fn run(command: &[String]) -> io::Result<()> {
    let [program, arguments @ ..] = command else { return Ok(()) };
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?} ended with {status}"))) }
}

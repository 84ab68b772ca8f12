use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::server_process::{find_program, free_port, listens, start};
use crate::watchdog::Watchdog;

/// A MariaDB server of the test's own: loopback, free port, no passwords, killed when dropped or when the test process ends.
#[derive(Debug)]
pub struct MariaDbServer {
    port: u16,
    // In this order: the server ends before its files go.
    _process: Watchdog,
    _directory: TempDir,
}

impl MariaDbServer {
    /// Starts a server with an empty database `test`.
    ///
    /// # Panics
    /// When MariaDB is not installed or does not start.
    pub fn launch() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let data = format!("--datadir={}", directory.path().join("data").display());
        // A server that starts removes what it takes for its own temporary tables, also those of another in the same folder.
        let temporary = directory.path().join("tmp");
        std::fs::create_dir(&temporary).expect("a folder can be made");
        let installed = Command::new(program("mariadb-install-db"))
            .args(["--no-defaults", &data, "--user=root", "--auth-root-authentication-method=normal"])
            .env("TMPDIR", &temporary)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(installed.is_ok_and(|status| status.success()), "a MariaDB data directory cannot be made");
        let port = free_port();
        let arguments = [
            "--no-defaults".into(),
            data,
            "--user=root".into(),
            "--bind-address=127.0.0.1".into(),
            format!("--port={port}"),
            format!("--tmpdir={}", temporary.display()),
            format!("--socket={}", directory.path().join("socket").display()),
            format!("--pid-file={}", directory.path().join("pid").display()),
            "--skip-grant-tables".into(),
            "--innodb-flush-log-at-trx-commit=0".into(),
        ];
        let process = start(&program("mariadbd"), &arguments, || listens(port)).expect("MariaDB starts");
        Self { port, _process: process, _directory: directory }
    }

    /// `mysql://root@127.0.0.1:<port>/test`
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/test", self.port)
    }
}

fn program(name: &str) -> String {
    let found = find_program(&[name], &[PathBuf::from("/usr/sbin")]);
    found.unwrap_or_else(|| panic!("{name} is missing: install mariadb-server")).display().to_string()
}

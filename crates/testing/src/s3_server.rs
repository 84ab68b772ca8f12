use std::env;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::server_process::{free_port, listens, start};
use crate::watchdog::Watchdog;

/// Names a Python that has the package `moto[s3,server]`; `python3` without it.
const PYTHON_VARIABLE: &str = "SYNAPSE_MOTO_PYTHON";

/// An S3 service of the test's own (moto): loopback, free port, in memory, killed when dropped or when the test process ends.
#[derive(Debug)]
pub struct S3Server {
    port: u16,
    _process: Watchdog,
}

impl S3Server {
    /// Starts a service with an empty bucket `media`.
    ///
    /// # Panics
    /// When moto is not installed or does not start.
    pub fn launch() -> Self {
        let port = free_port();
        let python = env::var(PYTHON_VARIABLE).unwrap_or_else(|_| "python3".into());
        let arguments = ["-m", "moto.server", "-H", "127.0.0.1", "-p"].map(String::from);
        let arguments: Vec<String> = arguments.into_iter().chain([port.to_string()]).collect();
        let process = start(&python, &arguments, || listens(port)).expect("moto starts: pip install 'moto[s3,server]'");
        let server = Self { port, _process: process };
        let answer = server.request("PUT /media HTTP/1.1\r\nContent-Length: 0\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "the bucket cannot be made: {answer}");
        server
    }

    /// `http://127.0.0.1:<port>`
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends a request over a bare socket; `head` has the request line and further headers.
    fn request(&self, head: &str) -> String {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("the service listens");
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request";
        let request = format!("{head}Host: 127.0.0.1\r\nAuthorization: {credential}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).expect("the service reads");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("the service answers");
        answer
    }
}

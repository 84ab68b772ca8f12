//! Measures the Rust crate `bullmq-official` as the other peers of the benchmark are measured: same jobs, same checks.
//!
//! `rust-peer <task>`: started by Node with a channel; the task is JSON, see `benchmark/measurer.mjs`.

mod add;
mod latency;
mod meter;
mod process;
mod task;

use bullmq::Error;
use meter::Meter;
use task::{Measured, Task};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1).ok_or("the task is missing")?;
    let task: Task = serde_json::from_str(&argument)?;
    let mut meter = Meter::from_environment()?;
    let measured = run(&task, &mut meter).await?;
    meter.report(&measured)?;
    Ok(())
}

async fn run(task: &Task, meter: &mut Meter) -> Result<Measured, Error> {
    match task.workload.as_str() {
        "add" => add::run(task, meter).await,
        "process" => process::run(task, meter).await,
        "latency" => latency::run(task, meter).await,
        other => Err(Error::InvalidConfig(format!("there is no workload {other}"))),
    }
}

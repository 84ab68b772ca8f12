//! Native processors: each has options, an error, a pure `run` and a short `impl Processor`. None of them knows Redis.

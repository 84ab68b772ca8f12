//! The Rust-Node binding: converts in, calls the engine, converts out.

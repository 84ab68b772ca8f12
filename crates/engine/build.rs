//! Assembles `lua/` into `$OUT_DIR/scripts.rs`; a script that breaks the header contract fails the build.

#[path = "build/mod.rs"]
mod assembly;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=lua");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=build.rs");
    let out_dir = env::var("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    match assembly::assemble_folder(Path::new("lua")) {
        Ok(scripts) => {
            let target = Path::new(&out_dir).join("scripts.rs");
            fs::write(target, assembly::to_rust(&scripts)).expect("OUT_DIR is writable");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: crates/engine/{error}");
            ExitCode::FAILURE
        }
    }
}

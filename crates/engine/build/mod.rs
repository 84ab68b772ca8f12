//! The Lua assembler: one script per file, one function per include, checked headers.

mod error;
pub mod folder;
mod header;
mod includes;
mod lexer;
mod rust_code;
mod script;

pub use error::AssemblyError;
pub use folder::assemble_folder;
pub use rust_code::to_rust;
pub use script::Script;

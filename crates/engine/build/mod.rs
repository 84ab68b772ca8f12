//! The Lua assembler: one script per file, one function per include, checked headers.

mod error;
pub(crate) mod folder;
mod header;
mod includes;
mod lexer;
mod rust_code;
mod script;

pub(crate) use error::AssemblyError;
pub(crate) use folder::assemble_folder;
pub(crate) use rust_code::to_rust;
pub(crate) use script::Script;

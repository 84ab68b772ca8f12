//! All scripts of a folder.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::includes::{IncludeFile, Includes, LuaSource, check_use};
use super::{AssemblyError, Script};

/// A `.lua` file: its name without extension and its text.
#[derive(Debug, Clone)]
pub(crate) struct LuaFile {
    pub(crate) name: String,
    pub(crate) source: String,
}

/// Reads `<folder>/*.lua` and `<folder>/includes/*.lua` and assembles every script, in name order.
pub(crate) fn assemble_folder(folder: &Path) -> Result<Vec<Script>, AssemblyError> {
    let scripts = read_lua_files(folder)?;
    let includes = read_lua_files(&folder.join("includes"))?;
    assemble(&scripts, &includes)
}

/// Assembles `scripts` from themselves and `includes`.
///
/// # Errors
/// The first violation found, with its file and line; also an include that no script needs.
pub(crate) fn assemble(scripts: &[LuaFile], includes: &[LuaFile]) -> Result<Vec<Script>, AssemblyError> {
    let mut all = Includes::new();
    for LuaFile { name, source } in includes {
        let path = include_path(name);
        all.insert(name.clone(), IncludeFile::parse(&LuaSource { path: &path, name, source })?);
    }
    for LuaFile { name, source } in includes {
        let path = include_path(name);
        check_use(&LuaSource { path: &path, name, source }, &all[name].header, &all)?;
    }
    let mut assembled = Vec::with_capacity(scripts.len());
    for LuaFile { name, source } in scripts {
        let path = format!("lua/{name}.lua");
        assembled.push(Script::assemble(&LuaSource { path: &path, name, source }, &all)?);
    }
    let used: BTreeSet<&String> = assembled.iter().flat_map(|script| &script.includes).collect();
    match all.keys().find(|name| !used.contains(name)) {
        Some(name) => Err(AssemblyError::new(&include_path(name), 1, "no script includes this file")),
        None => Ok(assembled),
    }
}

fn include_path(name: &str) -> String {
    format!("lua/includes/{name}.lua")
}

fn read_lua_files(folder: &Path) -> Result<Vec<LuaFile>, AssemblyError> {
    let unreadable = |error: io::Error| AssemblyError::new(&folder.display().to_string(), 0, error.to_string());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "lua")
            && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
        {
            files.push(LuaFile { name: name.into(), source: fs::read_to_string(&path).map_err(unreadable)? });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

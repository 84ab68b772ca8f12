//! Which includes a file needs, in the order Lua must define them.

use std::collections::{BTreeMap, BTreeSet};

use super::AssemblyError;
use super::header::{FileKind, Header, Include};
use super::lexer::{Token, TokenKind, lex, strip};

/// One function other files may use.
#[derive(Debug)]
pub(crate) struct IncludeFile {
    pub(crate) file: String,
    pub(crate) header: Header,
    /// The function without comments.
    pub(crate) text: String,
}

/// A file being assembled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LuaSource<'a> {
    /// Below the crate, e.g. `lua/pause.lua`.
    pub(crate) path: &'a str,
    /// File name without extension.
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
}

/// Every include, by function name.
pub(crate) type Includes = BTreeMap<String, IncludeFile>;

impl IncludeFile {
    /// Reads a file that must hold exactly `local function <name>(...) ... end`.
    pub(crate) fn parse(lua: &LuaSource<'_>) -> Result<Self, AssemblyError> {
        let LuaSource { path: file, name, source } = *lua;
        let header = Header::parse(file, source, FileKind::Include)?;
        let tokens = code_tokens(file, source)?;
        let starts = tokens.iter().take(3).map(|token| token.text).eq(["local", "function", name]);
        if !starts || !is_one_block(&tokens) {
            let line = tokens.first().map_or(1, |token| token.line);
            return Err(AssemblyError::new(
                file,
                line,
                format!("must hold one `local function {name}` and nothing else"),
            ));
        }
        if let Some(token) = tokens.iter().find(|token| matches!(token.text, "KEYS" | "ARGV")) {
            return Err(AssemblyError::new(file, token.line, "an include gets what it needs as parameters"));
        }
        Ok(Self { file: file.into(), header, text: strip(file, source)? })
    }
}

/// Checks that a file includes exactly the functions it calls, and that they exist.
pub(crate) fn check_use(lua: &LuaSource<'_>, header: &Header, all: &Includes) -> Result<(), AssemblyError> {
    let LuaSource { path: file, name: own, source } = *lua;
    let names: BTreeMap<&str, usize> = code_tokens(file, source)?
        .iter()
        .rev()
        .filter(|token| token.kind == TokenKind::Name)
        .map(|token| (token.text, token.line))
        .collect();
    for Include { name, line, .. } in &header.includes {
        if !all.contains_key(name) {
            return Err(AssemblyError::new(file, *line, format!("there is no lua/includes/{name}.lua")));
        }
        if !names.contains_key(name.as_str()) {
            return Err(AssemblyError::new(file, *line, format!("`{name}` is included but not used")));
        }
    }
    for Include { name, line, .. } in header.includes.iter().filter(|include| include.is_rare) {
        if !is_reached_through_rare(&code_tokens(file, source)?, name) {
            return Err(AssemblyError::new(file, *line, format!("`{name}` is rare: call it as `rare().{name}(...)`")));
        }
    }
    let included: BTreeSet<&str> = header.includes.iter().map(|include| include.name.as_str()).collect();
    match names.iter().find(|(name, _)| all.contains_key(**name) && !included.contains(**name) && **name != own) {
        Some((name, line)) => Err(AssemblyError::new(file, *line, format!("`{name}` is used but not included"))),
        None => Ok(()),
    }
}

/// Whether every use of `name` is `rare().<name>`.
fn is_reached_through_rare(tokens: &[Token<'_>], name: &str) -> bool {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    (0..texts.len()).filter(|at| texts[*at] == name).all(|at| texts[..at].ends_with(&["rare", "(", ")", "."]))
}

/// Names of includes, each once, dependencies first.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    /// Defined by every run.
    pub(crate) common: Vec<&'a str>,
    /// Defined by the first use of one of them.
    pub(crate) rare: Vec<&'a str>,
}

/// All includes that `header` needs.
pub(crate) fn resolve<'a>(file: &str, header: &'a Header, all: &'a Includes) -> Result<Resolved<'a>, AssemblyError> {
    let mut walk = Walk { all, path: Vec::new(), order: Vec::new() };
    let (rare, common): (Vec<_>, Vec<_>) = header.includes.iter().partition(|include| include.is_rare);
    walk.visit(file, &common)?;
    let common = walk.order.clone();
    walk.visit(file, &rare)?;
    Ok(Resolved { rare: walk.order.split_off(common.len()), common })
}

/// A depth-first walk through includes.
struct Walk<'a> {
    all: &'a Includes,
    /// From the script down to the include being visited.
    path: Vec<&'a str>,
    /// Visited with all their dependencies.
    order: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, file: &str, includes: &[&'a Include]) -> Result<(), AssemblyError> {
        for Include { name, line, .. } in includes {
            if self.path.contains(&name.as_str()) {
                let cycle = format!("includes form a cycle: {} -> {name}", self.path.join(" -> "));
                return Err(AssemblyError::new(file, *line, cycle));
            }
            if !self.order.contains(&name.as_str()) {
                let include = &self.all[name];
                self.path.push(name);
                self.visit(&include.file, &include.header.includes.iter().collect::<Vec<_>>())?;
                self.path.pop();
                self.order.push(name);
            }
        }
        Ok(())
    }
}

/// Tokens without comments.
pub(crate) fn code_tokens<'a>(file: &str, source: &'a str) -> Result<Vec<Token<'a>>, AssemblyError> {
    let mut tokens = lex(file, source)?;
    tokens.retain(|token| token.kind != TokenKind::Comment);
    Ok(tokens)
}

/// Whether the first block that opens closes at the very last token.
fn is_one_block(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (TokenKind::Name, "function" | "if" | "do" | "repeat") => depth += 1,
            (TokenKind::Name, "end" | "until") if depth <= 1 => return depth == 1 && index + 1 == tokens.len(),
            (TokenKind::Name, "end" | "until") => depth -= 1,
            _ => {}
        }
    }
    false
}

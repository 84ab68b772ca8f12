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
    for Include { name, line } in &header.includes {
        if !all.contains_key(name) {
            return Err(AssemblyError::new(file, *line, format!("there is no lua/includes/{name}.lua")));
        }
        if !names.contains_key(name.as_str()) {
            return Err(AssemblyError::new(file, *line, format!("`{name}` is included but not used")));
        }
    }
    let included: BTreeSet<&str> = header.includes.iter().map(|include| include.name.as_str()).collect();
    match names.iter().find(|(name, _)| all.contains_key(**name) && !included.contains(**name) && **name != own) {
        Some((name, line)) => Err(AssemblyError::new(file, *line, format!("`{name}` is used but not included"))),
        None => Ok(()),
    }
}

/// Names of all includes `header` needs, each once, dependencies first.
pub(crate) fn resolve<'a>(file: &str, header: &'a Header, all: &'a Includes) -> Result<Vec<&'a str>, AssemblyError> {
    let mut walk = Walk { all, path: Vec::new(), order: Vec::new() };
    walk.visit(file, header)?;
    Ok(walk.order)
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
    fn visit(&mut self, file: &str, header: &'a Header) -> Result<(), AssemblyError> {
        for Include { name, line } in &header.includes {
            if self.path.contains(&name.as_str()) {
                let cycle = format!("includes form a cycle: {} -> {name}", self.path.join(" -> "));
                return Err(AssemblyError::new(file, *line, cycle));
            }
            if !self.order.contains(&name.as_str()) {
                let include = &self.all[name];
                self.path.push(name);
                self.visit(&include.file, &include.header)?;
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

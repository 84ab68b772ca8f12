//! One assembled script.

use super::AssemblyError;
use super::header::{Declared, FileKind, Header};
use super::includes::{Includes, LuaSource, Resolved, check_use, code_tokens, resolve};
use super::lexer::{Token, strip};

/// What Redis runs, and the keys it must be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// File name without extension.
    pub(crate) name: String,
    /// Includes and body, without comments.
    pub(crate) text: String,
    /// Names of `KEYS`, in order.
    pub(crate) keys: Vec<String>,
    /// Names of the includes it contains.
    pub(crate) includes: Vec<String>,
}

impl Script {
    /// Checks and assembles one script.
    pub(crate) fn assemble(lua: &LuaSource<'_>, all: &Includes) -> Result<Self, AssemblyError> {
        let LuaSource { path: file, name, source } = *lua;
        let header = Header::parse(file, source, FileKind::Script)?;
        check_use(lua, &header, all)?;
        let tokens = code_tokens(file, source)?;
        Table { name: "KEYS", declared: &header.keys, repeats: false }.check(file, &tokens)?;
        Table { name: "ARGV", declared: &header.args, repeats: header.repeats }.check(file, &tokens)?;
        let Resolved { common, rare } = resolve(file, &header, all)?;
        let mut text = definitions(&common, all);
        if !rare.is_empty() {
            text.push_str(&rare_definitions(&rare, &header, all));
        }
        text.push_str(&strip(file, source)?);
        Ok(Self {
            name: name.into(),
            text,
            keys: header.keys.iter().map(|key| key.name.clone()).collect(),
            includes: common.into_iter().chain(rare).map(str::to_owned).collect(),
        })
    }
}

fn definitions(includes: &[&str], all: &Includes) -> String {
    includes.iter().map(|include| all[*include].text.as_str()).collect()
}

/// `rare()` answers a table of the functions in `@include_rarely` lines and defines them when it is first called: every function
/// that a script defines costs each of its runs a quarter of a microsecond of Redis.
fn rare_definitions(includes: &[&str], header: &Header, all: &Includes) -> String {
    let named = header.includes.iter().filter(|include| include.is_rare);
    let fields: Vec<String> = named.map(|include| format!("{0} = {0}", include.name)).collect();
    format!(
        "local rare_functions\nlocal function rare()\nif not rare_functions then\n{}rare_functions = {{ {} }}\nend\nreturn rare_functions\nend\n",
        definitions(includes, all),
        fields.join(", "),
    )
}

/// `KEYS` or `ARGV` and what the header says about it.
struct Table<'a> {
    name: &'static str,
    declared: &'a [Declared],
    /// More entries follow the declared ones, so computed indices are allowed.
    repeats: bool,
}

impl Table<'_> {
    /// Every index must be declared and every declaration used; other uses of the table need repeating entries.
    fn check(&self, file: &str, tokens: &[Token<'_>]) -> Result<(), AssemblyError> {
        let table = self.name;
        let mut used = vec![false; self.declared.len()];
        for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == table) {
            let message = match literal_index(&tokens[index + 1..]) {
                Some(number) if (1..=used.len()).contains(&number) => {
                    used[number - 1] = true;
                    continue;
                }
                _ if self.repeats => continue,
                Some(number) => format!("{table}[{number}] is not declared in the header"),
                None => format!("{table} may only be used with a number declared in the header"),
            };
            return Err(AssemblyError::new(file, token.line, message));
        }
        let Some(unused) = used.iter().position(|used| !used) else { return Ok(()) };
        let Declared { name, line } = &self.declared[unused];
        let message = format!("{table}[{}] ({name}) is declared but not used", unused + 1);
        Err(AssemblyError::new(file, *line, message))
    }
}

/// The `n` of `[n]`.
fn literal_index(tokens: &[Token<'_>]) -> Option<usize> {
    match tokens {
        [open, number, close, ..] if open.text == "[" && close.text == "]" => number.text.parse().ok(),
        _ => None,
    }
}

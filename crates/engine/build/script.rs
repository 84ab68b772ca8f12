//! One assembled script.

use super::AssemblyError;
use super::header::{Declared, FileKind, Header};
use super::includes::{Includes, check_use, code_tokens, resolve};
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
    pub(crate) fn assemble(file: &str, name: &str, source: &str, all: &Includes) -> Result<Self, AssemblyError> {
        let header = Header::parse(file, source, FileKind::Script)?;
        check_use(file, name, source, &header, all)?;
        let tokens = code_tokens(file, source)?;
        check_indices(file, &tokens, "KEYS", &header.keys, false)?;
        check_indices(file, &tokens, "ARGV", &header.args, header.repeats)?;
        let includes = resolve(file, &header, all)?;
        let mut text: String = includes.iter().map(|include| all[*include].text.as_str()).collect();
        text.push_str(&strip(file, source)?);
        Ok(Self {
            name: name.into(),
            text,
            keys: header.keys.iter().map(|key| key.name.clone()).collect(),
            includes: includes.into_iter().map(str::to_owned).collect(),
        })
    }
}

/// Every `table[n]` must be declared and every declaration used; other uses of `table` need repeating arguments.
fn check_indices(
    file: &str,
    tokens: &[Token<'_>],
    table: &str,
    declared: &[Declared],
    repeats: bool,
) -> Result<(), AssemblyError> {
    let mut used = vec![false; declared.len()];
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == table) {
        match literal_index(&tokens[index + 1..]) {
            Some(number) if (1..=declared.len()).contains(&number) => used[number - 1] = true,
            _ if repeats => {}
            Some(number) => {
                let message = format!("{table}[{number}] is not declared in the header");
                return Err(AssemblyError::new(file, token.line, message));
            }
            None => {
                let message = format!("{table} may only be used with a number declared in the header");
                return Err(AssemblyError::new(file, token.line, message));
            }
        }
    }
    match used.iter().position(|used| !used) {
        Some(unused) => {
            let Declared { name, line } = &declared[unused];
            let message = format!("{table}[{}] ({name}) is declared but not used", unused + 1);
            Err(AssemblyError::new(file, *line, message))
        }
        None => Ok(()),
    }
}

/// The `n` of `[n]`.
fn literal_index(tokens: &[Token<'_>]) -> Option<usize> {
    match tokens {
        [open, number, close, ..] if open.text == "[" && close.text == "]" => number.text.parse().ok(),
        _ => None,
    }
}

//! Lua's tokens, as far as the assembler needs them.

use super::AssemblyError;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Identifier or keyword.
    Name,
    /// Numeric literal.
    Number,
    /// Quoted string.
    Text,
    /// `-- ...` or `--[[ ... ]]`.
    Comment,
    /// Any other single character.
    Symbol,
}

/// One token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// Splits `source` into tokens; whitespace is dropped.
///
/// # Errors
/// Unterminated strings and comments, and long-bracket strings, which the comment stripper could not keep intact.
pub(crate) fn lex<'a>(file: &str, source: &'a str) -> Result<Vec<Token<'a>>, AssemblyError> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    loop {
        let trimmed = rest.trim_start();
        line += newlines(&rest[..rest.len() - trimmed.len()]);
        rest = trimmed;
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let (kind, length) = match first {
            '-' if rest.starts_with("--") => (TokenKind::Comment, comment_length(rest)),
            '"' | '\'' => (TokenKind::Text, string_length(rest, first)),
            '[' if rest.starts_with("[[") || rest.starts_with("[=") => {
                return Err(AssemblyError::new(file, line, "long strings are not allowed"));
            }
            c if c.is_ascii_alphabetic() || c == '_' => (TokenKind::Name, Some(word_length(rest))),
            c if c.is_ascii_digit() => (TokenKind::Number, Some(word_length(rest))),
            c => (TokenKind::Symbol, Some(c.len_utf8())),
        };
        let length = length.ok_or_else(|| AssemblyError::new(file, line, "unterminated string or comment"))?;
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text, line });
        line += newlines(text);
        rest = after;
    }
}

/// `source` without comments, indentation and empty lines: what Redis keeps per loaded script.
pub(crate) fn strip(file: &str, source: &str) -> Result<String, AssemblyError> {
    let mut code = source.to_owned();
    for comment in lex(file, source)?.iter().rev().filter(|token| token.kind == TokenKind::Comment) {
        let start = comment.text.as_ptr() as usize - source.as_ptr() as usize;
        code.replace_range(start..start + comment.text.len(), "");
    }
    Ok(code.lines().map(str::trim).filter(|line| !line.is_empty()).fold(String::new(), |text, line| text + line + "\n"))
}

fn newlines(text: &str) -> usize {
    text.matches('\n').count()
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

fn comment_length(text: &str) -> Option<usize> {
    if text.starts_with("--[[") {
        return text.find("]]").map(|end| end + 2);
    }
    Some(text.find('\n').unwrap_or(text.len()))
}

fn string_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            c if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

//! The `---` lines at the top of a file: what it takes, answers and includes.

use super::AssemblyError;

/// One numbered `@key` or `@arg` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// One `@include` or `@include_rarely` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Include {
    /// Name of the function and of the file below `lua/includes/`.
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Whether the function is only defined when a run needs it.
    pub(crate) is_rare: bool,
}

/// A parsed header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) keys: Vec<Declared>,
    pub(crate) args: Vec<Declared>,
    /// Repeating arguments follow the fixed ones, so computed `ARGV` indices are allowed.
    pub(crate) repeats: bool,
    pub(crate) includes: Vec<Include>,
    has_returns: bool,
}

/// Whether a file is run by itself or used by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Script,
    Include,
}

impl Header {
    /// Reads the leading `---` lines of `source`.
    pub(crate) fn parse(file: &str, source: &str, kind: FileKind) -> Result<Self, AssemblyError> {
        let mut header = Self::default();
        let lines: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("---")).collect();
        if lines.first().is_none_or(|line| line.trim().is_empty() || line.trim().starts_with('@')) {
            return Err(AssemblyError::new(file, 1, "the first line must be `--- One sentence.`"));
        }
        for (index, line) in lines.iter().enumerate().skip(1) {
            if let Some(tag) = line.trim().strip_prefix('@') {
                header
                    .read_tag(tag, index + 1, kind)
                    .map_err(|message| AssemblyError::new(file, index + 1, message))?;
            }
        }
        if kind == FileKind::Script && !header.has_returns {
            return Err(AssemblyError::new(file, lines.len(), "a script needs an `@returns` line"));
        }
        Ok(header)
    }

    fn read_tag(&mut self, tag: &str, line: usize, kind: FileKind) -> Result<(), String> {
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        match (name, kind) {
            ("key", FileKind::Script) => declare(&mut self.keys, rest, line, "key"),
            ("arg", FileKind::Script) if self.repeats => Err("fixed arguments must stand before `@args`".into()),
            ("arg", FileKind::Script) => declare(&mut self.args, rest, line, "arg"),
            ("args", FileKind::Script) => self.read_group(rest),
            ("include", _) => self.read_include(rest, line, false),
            ("include_rarely", FileKind::Script) => self.read_include(rest, line, true),
            ("returns", _) => {
                self.has_returns = true;
                Ok(())
            }
            ("emits", _) | ("param", FileKind::Include) => Ok(()),
            _ => Err(format!("unknown tag `@{name}`")),
        }
    }

    fn read_group(&mut self, rest: &str) -> Result<(), String> {
        let mut words = rest.split_whitespace();
        let (group, size) = (words.next(), words.next().and_then(|size| size.parse::<usize>().ok()));
        if group.is_none() || size.is_none_or(|size| size == 0) || words.next().is_none() {
            return Err("expected `@args <group> <fields in one group> <field>, ...`".into());
        }
        self.repeats = true;
        Ok(())
    }

    fn read_include(&mut self, rest: &str, line: usize, is_rare: bool) -> Result<(), String> {
        let name = rest.trim().strip_prefix("\"includes/").and_then(|name| name.strip_suffix('"'));
        let name = name.filter(|name| is_identifier(name)).ok_or("expected `@include \"includes/<function>\"`")?;
        if self.includes.iter().any(|include| include.name == name) {
            return Err(format!("`{name}` is included twice"));
        }
        self.includes.push(Include { name: name.into(), line, is_rare });
        Ok(())
    }
}

/// Reads `<number> <name> [description]` and appends it.
fn declare(declared: &mut Vec<Declared>, rest: &str, line: usize, tag: &str) -> Result<(), String> {
    let mut words = rest.split_whitespace();
    let (number, name) = (words.next().and_then(|word| word.parse::<usize>().ok()), words.next());
    let expected = declared.len() + 1;
    if number != Some(expected) {
        return Err(format!("expected `@{tag} {expected} <name>`: numbers count up from 1"));
    }
    let name = name.ok_or_else(|| format!("`@{tag} {expected}` has no name"))?;
    if declared.iter().any(|other| other.name == name) {
        return Err(format!("`@{tag} {name}` is declared twice"));
    }
    declared.push(Declared { name: name.into(), line });
    Ok(())
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

//! The Lua code in a template's tags: where it ends, and whether it is what it should be.

use full_moon::ast::{Block, LastStmt, Stmt};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::tag::{self, Held};
use crate::front::hir::Span;
use crate::front::literal::Literal;
use crate::front::syntax;

/// Where the braces stand that close a tag whose code begins at `from`: not those of
/// tables and strings inside.
pub(crate) fn close(text: &str, from: usize, braces: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let closing = &b"}}}"[..braces];
    let mut depth = 0_usize;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if depth == 0 => return bytes[at..].starts_with(closing).then_some(at),
            b'}' => depth -= 1,
            b'{' => depth += 1,
            b'"' | b'\'' => at = quoted(bytes, at)?,
            b'[' => at = long(bytes, at).unwrap_or(at),
            b'-' if bytes[at..].starts_with(b"--") => at = comment(bytes, at)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The last byte of a string.
fn quoted(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == bytes[start] => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The last byte of a long string, if one begins here.
fn long(bytes: &[u8], start: usize) -> Option<usize> {
    let level = bytes[start + 1..]
        .iter()
        .take_while(|b| **b == b'=')
        .count();
    if bytes.get(start + 1 + level) != Some(&b'[') {
        return None;
    }
    let mut end = vec![b'='; level + 2];
    end[0] = b']';
    end[level + 1] = b']';
    let from = start + level + 2;
    let found = bytes[from..].windows(level + 2).position(|w| w == end)?;
    Some(from + found + level + 1)
}

/// The last byte of a comment: a short one ends with its line or its tag.
fn comment(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start + 2) == Some(&b'[')
        && let Some(end) = long(bytes, start + 2)
    {
        return Some(end);
    }
    let rest = &bytes[start..];
    let end = rest
        .windows(2)
        .position(|pair| pair[0] == b'\n' || pair == b"}}")?;
    Some(start + end - 1)
}

/// The code without the blanks around it.
pub(crate) fn trim(text: &str, span: Span) -> Span {
    let code = &text[span.start..span.end];
    let start = span.start + (code.len() - code.trim_start().len());
    let end = start + code.trim().len();
    Span { start, end }
}

/// Lua code with its comments blanked, so that other code may follow on its line.
pub(crate) fn without_comments(code: &str) -> String {
    let mut bytes = code.as_bytes().to_vec();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' => at = quoted(&bytes, at).unwrap_or(at),
            b'[' => at = long(&bytes, at).unwrap_or(at),
            b'-' if bytes[at..].starts_with(b"--") => {
                let end = comment(&bytes, at).unwrap_or(bytes.len() - 1);
                for byte in &mut bytes[at..=end] {
                    if *byte != b'\n' {
                        *byte = b' ';
                    }
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A part of Lua code without comments.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string.
    Text,
    Blank,
    /// Anything else.
    Code,
}

/// The parts of code without comments.
pub(crate) fn tokens(code: &str) -> Vec<Token> {
    let bytes = code.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let (kind, last) = match bytes[start] {
            b'"' | b'\'' => (Kind::Text, quoted(bytes, start)),
            b'[' => match long(bytes, start) {
                Some(last) => (Kind::Text, Some(last)),
                None => (Kind::Code, None),
            },
            byte if byte.is_ascii_whitespace() => (Kind::Blank, None),
            _ => (Kind::Code, None),
        };
        let end = last.unwrap_or(start) + 1;
        match tokens.last_mut() {
            Some(before) if before.kind == kind && kind != Kind::Text => before.end = end,
            _ => tokens.push(Token { start, end, kind }),
        }
        start = end;
    }
    tokens
}

/// A string as one without line breaks.
pub(crate) fn in_one_line(text: &str) -> String {
    let Some(literal) = Literal::read(text) else {
        return text.to_owned();
    };
    let bytes = literal.value.iter().map(|byte| match byte {
        b' '..=b'~' if !matches!(byte, b'"' | b'\\') => char::from(*byte).to_string(),
        other => format!("\\{other:03}"),
    });
    format!("\"{}\"", bytes.collect::<String>())
}

/// One expression.
pub(crate) fn expression(code: &str) -> Result<(), Diagnostic<usize>> {
    // On its own line before the code: byte offsets stay simple.
    const LEAD: &str = "return\n";
    let block = parse(code, LEAD, "\n")?;
    match block.last_stmt_with_semicolon() {
        Some((LastStmt::Return(values), None))
            if block.stmts().next().is_none() && values.returns().len() == 1 =>
        {
            Ok(())
        }
        _ => Err(tag::holds(0, Held::Expression)),
    }
}

/// Statements that are complete.
pub(crate) fn statement(code: &str) -> Result<(), Diagnostic<usize>> {
    let block = parse(code, "", "\n")?;
    if block.last_stmt().is_some() {
        return Err(tag::holds(0, Held::Leaves));
    }
    match block
        .stmts()
        .any(|stmt| matches!(stmt, Stmt::Goto(_) | Stmt::Label(_)))
    {
        true => Err(tag::holds(0, Held::Goto)),
        false => Ok(()),
    }
}

/// The head of a block: `if c then`, `for k, v in pairs(t) do`, `while c do`.
pub(crate) fn head(code: &str) -> Result<(), Diagnostic<usize>> {
    let block = parse(code, "", "\nend")?;
    let mut stmts = block.stmts();
    let empty = |block: &Block| block.stmts().next().is_none() && block.last_stmt().is_none();
    let inner = match (stmts.next(), stmts.next()) {
        (Some(Stmt::If(stmt)), None) if stmt.else_if().is_none() && stmt.else_block().is_none() => {
            Some(stmt.block())
        }
        (Some(Stmt::While(stmt)), None) => Some(stmt.block()),
        (Some(Stmt::NumericFor(stmt)), None) => Some(stmt.block()),
        (Some(Stmt::GenericFor(stmt)), None) => Some(stmt.block()),
        _ => None,
    };
    match inner {
        Some(inner) if empty(inner) => Ok(()),
        _ => Err(tag::holds(0, Held::Head)),
    }
}

fn parse(code: &str, before: &str, after: &str) -> Result<Block, Diagnostic<usize>> {
    let whole = format!("{before}{code}{after}");
    match syntax::parse(&whole) {
        Ok(ast) => Ok(ast.nodes().clone()),
        Err(error) => {
            let end = code.trim_end().len();
            let place = |at: usize| at.saturating_sub(before.len()).min(end);
            Err(syntax::mistake_of_tag(&whole, &error).told.placed(place))
        }
    }
}

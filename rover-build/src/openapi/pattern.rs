//! Lua patterns as regular expressions of ECMA-262, which JSON Schema has.

/// The expression that finds what a pattern finds; nothing where there is none: balanced
/// texts, frontiers, references, or what counts the bytes of a character.
pub(super) fn expression(pattern: &str) -> Option<String> {
    let (start, pattern) = match pattern.strip_prefix('^') {
        Some(rest) => ("^", rest),
        None => ("", pattern),
    };
    let mut out = start.to_owned();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        match first {
            '(' if !rest.starts_with("()") => {
                out.push_str("(?:");
                rest = &rest[1..];
            }
            '(' => return None,
            ')' => {
                out.push(')');
                rest = &rest[1..];
            }
            '$' if rest.len() == 1 => {
                out.push('$');
                rest = "";
            }
            _ => {
                let (item, after) = item(rest)?;
                let (quantifier, after) = quantifier(after);
                // One character outside ASCII is several of Lua's.
                let several = matches!(quantifier, "*" | "+" | "*?");
                if (item.wide && !several) || (item.bytes > 1 && !quantifier.is_empty()) {
                    return None;
                }
                out.push_str(&item.text);
                out.push_str(quantifier);
                rest = after;
            }
        }
    }
    Some(out)
}

/// What matches one character.
struct Item {
    text: String,
    /// It matches characters outside ASCII.
    wide: bool,
    bytes: usize,
}

fn item(text: &str) -> Option<(Item, &str)> {
    let narrow = |text: String, bytes| Item {
        text,
        wide: false,
        bytes,
    };
    let wide = |text: String| Item {
        text,
        wide: true,
        bytes: 1,
    };
    let mut chars = text.chars();
    match chars.next()? {
        '.' => Some((wide(r"[\s\S]".to_owned()), chars.as_str())),
        '[' => set(chars.as_str()).map(|(text, negated, rest)| match negated {
            true => (wide(text), rest),
            false => (narrow(text, 1), rest),
        }),
        '%' => {
            let name = chars.next()?;
            let item = match class(name) {
                Some(members) if name.is_ascii_uppercase() => wide(format!("[^{members}]")),
                Some(members) => narrow(format!("[{members}]"), 1),
                None if name.is_alphanumeric() => return None,
                None => narrow(escaped(name), name.len_utf8()),
            };
            Some((item, chars.as_str()))
        }
        other => Some((narrow(escaped(other), other.len_utf8()), chars.as_str())),
    }
}

fn quantifier(text: &str) -> (&'static str, &str) {
    let found = match text.chars().next() {
        Some('*') => "*",
        Some('+') => "+",
        Some('-') => "*?",
        Some('?') => "?",
        _ => return ("", text),
    };
    (found, &text[1..])
}

/// A set after its bracket: the expression, whether it is negated, what follows.
fn set(text: &str) -> Option<(String, bool, &str)> {
    let (negated, text) = match text.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut out = if negated { "[^" } else { "[" }.to_owned();
    let mut chars = text.chars();
    let mut first = true;
    loop {
        match chars.next()? {
            ']' if !first => return Some((out + "]", negated, chars.as_str())),
            '%' => match chars.next()? {
                name if name.is_ascii_uppercase() => return None,
                name => match class(name) {
                    Some(members) => out.push_str(members),
                    None => out.push_str(&escaped(name)),
                },
            },
            // A dash between two characters is a range, as here.
            '-' if !first && !chars.as_str().starts_with(']') => out.push('-'),
            other if other.is_ascii() => out.push_str(&escaped(other)),
            _ => return None,
        }
        first = false;
    }
}

/// The members of a class, as LuaJIT has it: of ASCII only.
fn class(name: char) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase() {
        'a' => "A-Za-z",
        'c' => r"\x00-\x1f\x7f",
        'd' => "0-9",
        'l' => "a-z",
        'p' => r"!-\/:-@\[-`{-~",
        's' => r"\t-\r ",
        'u' => "A-Z",
        'w' => "A-Za-z0-9",
        'x' => "0-9A-Fa-f",
        _ => return None,
    })
}

fn escaped(c: char) -> String {
    match r"\^$.|?*+()[]{}/-".contains(c) {
        true => format!("\\{c}"),
        false => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn patterns() {
        for (pattern, expect) in [
            ("^%d%d%d%d$", "^[0-9][0-9][0-9][0-9]$"),
            ("%a+%-?x", r"[A-Za-z]+\-?x"),
            ("^[%w_.-]+$", r"^[A-Za-z0-9_\.\-]+$"),
            ("[a-z]-$", "[a-z]*?$"),
            ("[^,]+", "[^,]+"),
            ("[]x]", r"[\]x]"),
            ("^(%a*)*", r"^(?:[A-Za-z]*)\*"),
            ("a.-b", r"a[\s\S]*?b"),
            ("$%^x", r"\$\^x"),
            ("gr\u{fc}n", "gr\u{fc}n"),
            ("%S+", r"[^\t-\r ]+"),
        ] {
            assert_eq!(expression(pattern).as_deref(), Some(expect), "{pattern}");
        }
        for none in [
            "%b()", "%f[%w]x", "(a)%1", "()a", "^.$", "\u{fc}+", "[^x]", "[%S]+",
        ] {
            assert_eq!(expression(none), None, "{none}");
        }
    }
}

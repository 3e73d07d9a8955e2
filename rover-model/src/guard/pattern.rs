//! Whether a Lua pattern is well formed. LuaJIT finds most mistakes only where matching
//! reaches them (`lj_strlib.c`, `classend` and `match`); here all of it is looked at.

const MAX_CAPTURES: usize = 32;
const ENDS: &str = "malformed pattern (ends with '%')";

/// What is wrong with a pattern, in LuaJIT's words.
pub(super) fn check(pattern: &str) -> Result<(), &'static str> {
    let mut reader = Reader {
        rest: pattern.strip_prefix('^').unwrap_or(pattern).as_bytes(),
        captures: Vec::new(),
    };
    while let Some(byte) = reader.next() {
        match byte {
            b'(' => reader.open()?,
            b')' => reader.close()?,
            b'[' => reader.set()?,
            b'%' => reader.escape()?,
            _ => {}
        }
    }
    match reader.captures.iter().all(|closed| *closed) {
        true => Ok(()),
        false => Err("unfinished capture"),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Whether each capture is closed.
    captures: Vec<bool>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn open(&mut self) -> Result<(), &'static str> {
        if self.captures.len() == MAX_CAPTURES {
            return Err("too many captures");
        }
        // `()` captures a position.
        let position = self.rest.first() == Some(&b')');
        if position {
            self.next();
        }
        self.captures.push(position);
        Ok(())
    }

    fn close(&mut self) -> Result<(), &'static str> {
        match self.captures.iter_mut().rev().find(|closed| !**closed) {
            Some(open) => {
                *open = true;
                Ok(())
            }
            None => Err("invalid pattern capture"),
        }
    }

    fn set(&mut self) -> Result<(), &'static str> {
        const MISSING: &str = "malformed pattern (missing ']')";
        if self.rest.first() == Some(&b'^') {
            self.next();
        }
        // A bracket that comes first stands for itself.
        loop {
            if self.next().ok_or(MISSING)? == b'%' {
                self.next().ok_or(ENDS)?;
            }
            if self.rest.first() == Some(&b']') {
                self.next();
                return Ok(());
            }
        }
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        match self.next().ok_or(ENDS)? {
            b'b' => {
                let both = self.next().and(self.next());
                both.map(drop).ok_or("unbalanced pattern")
            }
            b'f' => match self.next() {
                Some(b'[') => self.set(),
                _ => Err("missing '[' after '%f' in pattern"),
            },
            digit @ b'0'..=b'9' => {
                let index = usize::from(digit - b'0').wrapping_sub(1);
                match self.captures.get(index) {
                    Some(true) => Ok(()),
                    _ => Err("invalid capture index"),
                }
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn good() {
        for pattern in [
            "", "^%a+$", "[]]", "[^]]", "[%]a-z]", "(a)(b)%1", "()", "%b()", "%f[%w]", "a-b",
            "((a))", "[a%-]",
        ] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn bad() {
        for pattern in [
            "%", "[", "[]", "[^]", "[a", "(", "a)", "(a))", "%b", "%bx", "%f", "%fa", "%1", "(%1)",
            "[%", "%0",
        ] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}

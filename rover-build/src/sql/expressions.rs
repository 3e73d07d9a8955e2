//! The columns of a query that are the call of one function, as its text shows them: `count(*) as books`.

use rover_model::sql::{Scan, Token};

/// For each of so many columns the function that it is a call of; none where it is something else, or where the columns
/// of the text cannot be told apart.
pub(super) fn calls(sql: &str, columns: usize) -> Vec<Option<&str>> {
    let items = items(sql).unwrap_or_default();
    let all = |item: &Vec<Part<'_>>| matches!(item.as_slice(), [.., Part::Other(b'*')]);
    let nothing = vec![None; columns];
    // `*` stands for some columns: those before it are counted from the first, those behind it from the last.
    let Some(first) = items.iter().position(all) else {
        return match items.len() == columns {
            true => called(&items),
            false => nothing,
        };
    };
    let last = items.iter().rposition(all).unwrap_or(first);
    let (before, behind) = (called(&items[..first]), called(&items[last + 1..]));
    match columns.checked_sub(before.len() + behind.len()) {
        Some(between) => [before, vec![None; between], behind].concat(),
        None => nothing,
    }
}

fn called<'t>(items: &[Vec<Part<'t>>]) -> Vec<Option<&'t str>> {
    items.iter().map(|item| call(item)).collect()
}

/// What a column is written with, at its outermost level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Word(&'t str),
    /// All that stands in brackets.
    Brackets,
    /// A text or a quoted name.
    Closed,
    Other(u8),
}

/// The columns between the first `select` and what ends them. Nothing for other statements, and for several queries that
/// are put together.
fn items(sql: &str) -> Option<Vec<Vec<Part<'_>>>> {
    let parts = parts(sql);
    let is = |part: &Part<'_>, word: &str| matches!(part, Part::Word(found) if found.eq_ignore_ascii_case(word));
    let joined = ["union", "except", "intersect", "values", "returning"];
    if parts
        .iter()
        .any(|part| joined.iter().any(|word| is(part, word)))
    {
        return None;
    }
    let start = parts.iter().position(|part| is(part, "select"))? + 1;
    let mut rest = &parts[start..];
    if rest
        .first()
        .is_some_and(|part| is(part, "distinct") || is(part, "all"))
    {
        rest = &rest[1..];
    }
    let ends = [
        "from", "where", "group", "having", "window", "order", "limit",
    ];
    let ends = |part: &Part<'_>| ends.iter().any(|word| is(part, word));
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    let items = rest[..end].split(|part| *part == Part::Other(b','));
    Some(items.map(<[_]>::to_vec).collect())
}

/// A statement's text at its outermost level.
fn parts(sql: &str) -> Vec<Part<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (token, start, end) in Scan::new(bytes) {
        let byte = bytes[start];
        let comment = token == Token::Closed && matches!(byte, b'-' | b'/');
        match (token, byte) {
            (Token::Space | Token::End, _) => {}
            _ if comment => {}
            (Token::Other, b'(') => {
                depth += 1;
                if depth == 1 {
                    found.push(Part::Brackets);
                }
            }
            (Token::Other, b')') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            (Token::Word, _) => found.push(Part::Word(&sql[start..end])),
            (Token::Closed, _) => found.push(Part::Closed),
            _ => found.push(Part::Other(byte)),
        }
    }
    found
}

/// `count` in `count(*)`, `count(*) as books`, `count(*) books`, also with `filter (...)` and `over (...)`.
fn call<'t>(item: &[Part<'t>]) -> Option<&'t str> {
    let item = match item {
        [Part::Word(not), rest @ ..]
            if not.eq_ignore_ascii_case("not")
                && matches!(rest, [Part::Word(word), ..] if word.eq_ignore_ascii_case("exists")) =>
        {
            rest
        }
        item => item,
    };
    let [Part::Word(name), Part::Brackets, rest @ ..] = item else {
        return None;
    };
    let mut rest = rest;
    while let [Part::Word(word), tail @ ..] = rest
        && (word.eq_ignore_ascii_case("filter") || word.eq_ignore_ascii_case("over"))
        && let [Part::Brackets | Part::Word(_), tail @ ..] = tail
    {
        rest = tail;
    }
    let named = match rest {
        [] | [Part::Closed] => true,
        // Behind an operator that is a word, the call is only a part: `count(*) between 1 and 2`.
        [Part::Word(word)] => !is_postfix(word),
        [Part::Word(word), Part::Word(_) | Part::Closed] => word.eq_ignore_ascii_case("as"),
        _ => false,
    };
    named.then_some(*name)
}

/// Operators that stand behind their only operand.
fn is_postfix(word: &str) -> bool {
    ["isnull", "notnull"]
        .iter()
        .any(|postfix| word.eq_ignore_ascii_case(postfix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_from_what_has_one() {
        let found = |sql: &str, columns| -> Vec<String> {
            let calls = calls(sql, columns).into_iter();
            calls.map(|call| call.unwrap_or("-").to_owned()).collect()
        };
        assert_eq!(found("select count(*) from t", 1), ["count"]);
        assert_eq!(
            found(
                "SELECT a, Count(b) AS \"n\", sum(c) s, count(*) + 1, 'x, y' from t -- from u",
                5
            ),
            ["-", "Count", "sum", "-", "-"]
        );
        assert_eq!(
            found(
                "select distinct count(*) filter (where a) over (partition by b) n from t",
                1
            ),
            ["count"]
        );
        assert_eq!(
            found("select exists (select 1), not exists(select 2) as none", 2),
            ["exists", "exists"]
        );
        assert_eq!(
            found("select count(*), t.*, total(a) from t", 5),
            ["count", "-", "-", "-", "total"]
        );
        assert_eq!(found("select *, * from t", 2), ["-", "-"]);
        assert_eq!(
            found("with n as (select 1) select count(*) from n", 1),
            ["count"]
        );
        // What is no call, or not seen.
        for sql in [
            "select count(*) from t union select 1",
            "select -count(*) from t",
            "select count(*) isnull from t",
            "select count(*) between 1 and 2 from t",
            "select (select count(*) from t)",
            "select case when count(*) then 1 end from t",
            "select a.count(*) from t",
            "insert into t (a) values (1) returning count",
            "values (count(*))",
            "select count(*), a from t",
        ] {
            assert_eq!(found(sql, 1), ["-"], "{sql}");
        }
    }
}

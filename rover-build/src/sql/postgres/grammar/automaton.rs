//! The parser that follows the tables: bison's own loop.

use super::lexer::{Lexed, tokens};
use super::tables::{Symbol, Tables, tables};
use super::tree::Node;
use super::wrong::{What, Wrong};
use crate::vocabulary::nearest;

/// Reads a text.
pub(crate) fn parse(sql: &str) -> Result<Node<'_>, Wrong> {
    let tables = tables();
    let tokens = tokens(tables, sql)?;
    let run = Run { tables, sql };
    run.tree(&tokens).map_err(|at| run.wrong(&tokens, at))
}

struct Run<'t> {
    tables: &'static Tables,
    sql: &'t str,
}

/// What is next in a state before a token.
enum Next {
    Shift(i32),
    Reduce(i32),
    Accept,
    Error,
}

impl<'t> Run<'t> {
    fn next(&self, state: i32, token: Symbol) -> Next {
        let tables = self.tables;
        let of = |array: &[i32], at: i32| usize::try_from(at).ok().map_or(0, |at| array[at]);
        if state == tables.last {
            return Next::Accept;
        }
        let base = of(&tables.pact, state);
        let entry = base + i32::from(token);
        let known = base != tables.no_look
            && usize::try_from(entry).is_ok_and(|at| tables.check.get(at) == Some(&token.into()));
        let action = match known {
            true => of(&tables.table, entry),
            false => -of(&tables.defact, state),
        };
        match action {
            0 => Next::Error,
            action if known && action == tables.error => Next::Error,
            action if action < 0 => Next::Reduce(-action),
            action => Next::Shift(action),
        }
    }

    /// The state behind what a rule has made.
    fn goto(&self, state: i32, made: i32) -> i32 {
        let tables = self.tables;
        let number = usize::try_from(made - tables.terminals).unwrap_or_default();
        let entry = usize::try_from(tables.pgoto[number] + state).ok();
        let entry = entry.filter(|at| tables.check.get(*at) == Some(&state));
        entry.map_or(tables.defgoto[number], |at| tables.table[at])
    }

    /// The whole text, or the number of the token that may not stand where it stands.
    fn tree(&self, tokens: &[Lexed]) -> Result<Node<'t>, usize> {
        let mut states = vec![0];
        let mut nodes: Vec<Node<'t>> = Vec::new();
        let mut at = 0;
        loop {
            let state = states.last().copied().unwrap_or_default();
            let token = tokens.get(at).map_or(0, |token| token.symbol);
            match self.next(state, token) {
                Next::Accept => break,
                Next::Error => return Err(at),
                Next::Shift(state) => {
                    states.push(state);
                    // The end of the text is one as well.
                    if let Some(Lexed { symbol, start, end }) = tokens.get(at) {
                        nodes.push(Node {
                            name: self.tables.names[usize::from(*symbol)],
                            start: *start,
                            text: &self.sql[*start..*end],
                            parts: Vec::new(),
                        });
                    }
                    at += 1;
                }
                Next::Reduce(rule) => {
                    let number = usize::try_from(rule).unwrap_or_default();
                    let count = usize::try_from(self.tables.r2[number]).unwrap_or_default();
                    let made = self.tables.r1[number];
                    if self.tables.added.contains(&rule) {
                        return Err(parameter(&nodes[nodes.len() - count..], tokens).unwrap_or(at));
                    }
                    states.truncate(states.len() - count);
                    let parts = nodes.split_off(nodes.len() - count);
                    let empty = tokens.get(at).map_or(self.sql.len(), |token| token.start);
                    nodes.push(self.node(made, parts, empty));
                    let state = states.last().copied().unwrap_or_default();
                    states.push(self.goto(state, made));
                }
            }
        }
        nodes.into_iter().next().ok_or(0)
    }

    fn node(&self, made: i32, mut parts: Vec<Node<'t>>, empty: usize) -> Node<'t> {
        let name = self.tables.names[usize::try_from(made).unwrap_or_default()];
        let filled = || parts.iter().filter(|part| !part.text.is_empty());
        let start = filled().next().map_or(empty, |part| part.start);
        let end = filled().next_back();
        let end = end.map_or(start, |part| part.start + part.text.len());
        // What is in an expression is kept apart.
        let is_list = !matches!(name, "a_expr" | "b_expr");
        if is_list && parts.first().is_some_and(|first| first.name == name) {
            let mut rest = parts.split_off(1);
            let mut all = parts.pop().map(|first| first.parts).unwrap_or_default();
            all.append(&mut rest);
            parts = all;
        }
        Node {
            name,
            start,
            text: &self.sql[start..end],
            parts,
        }
    }

    fn wrong(&self, tokens: &[Lexed], at: usize) -> Wrong {
        let Some(token) = tokens.get(at) else {
            return Wrong {
                at: self.sql.trim_end().len(),
                what: What::End,
            };
        };
        // The word itself, or the one before it, which was taken for a name: `select id form books`.
        let name = self.tables.symbol("IDENT");
        let before = at
            .checked_sub(1)
            .filter(|before| tokens[*before].symbol == name);
        let meant = [Some(at), before].into_iter().flatten();
        let mut meant = meant.filter_map(|place| Some((place, self.meant(tokens, place, at)?)));
        let (token, meant) = match meant.next() {
            Some((place, keyword)) => (&tokens[place], Some(keyword)),
            None => (token, None),
        };
        let text = self.sql[token.start..token.end].to_owned();
        Wrong {
            at: token.start,
            what: What::Unexpected(text, meant),
        }
    }

    /// A keyword that is written nearly so, with which more of the text can be read.
    fn meant(&self, tokens: &[Lexed], place: usize, wrong: usize) -> Option<&'static str> {
        let token = &tokens[place];
        let word = self.sql[token.start..token.end].to_ascii_lowercase();
        let is_word = word.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_word {
            return None;
        }
        let helps = |symbol: Symbol| {
            let mut tokens = tokens.to_vec();
            tokens[place].symbol = symbol;
            self.tree(&tokens).map_or_else(|at| at > wrong, |_| true)
        };
        let mut near: Vec<&str> = self.tables.keywords.keys().copied().collect();
        near.retain(|keyword| nearest(&word, [*keyword]).is_some());
        // A keyword that may be a name would help as any name does.
        if near.is_empty() || helps(self.tables.symbol("IDENT")) {
            return None;
        }
        near.retain(|keyword| helps(self.tables.keywords[keyword]));
        near.sort_unstable();
        nearest(&word, near)
    }
}

/// The token of a rule that PostgreSQL does not have: its parameter.
fn parameter(parts: &[Node<'_>], tokens: &[Lexed]) -> Option<usize> {
    let parameter = parts.iter().find(|part| part.is("PARAM"))?;
    tokens
        .iter()
        .position(|token| token.start == parameter.start)
}

//! "Did you mean": by letters, by words, and by the names that other servers use. Where
//! nothing is near enough, nothing is said: a wrong hint costs more than none.

use super::known::synonyms;

/// Words that say what a name's value is, not what the name is about.
const FILLERS: [&str; 20] = [
    "size", "limit", "max", "bytes", "length", "count", "timeout", "time", "duration", "period",
    "secs", "seconds", "ms", "millis", "value", "name", "default", "server", "http", "option",
];

/// The nearest of some names, if one is near.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    let name = name.to_lowercase();
    by_letters(&name, &names)
        .or_else(|| by_synonym(&name, &names))
        .or_else(|| by_words(&name, &names))
}

fn by_letters<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let near = names.iter().filter_map(|candidate| {
        let lower = candidate.to_lowercase();
        let far = distance(name, &lower);
        let (ours, theirs) = (words(name), words(&lower));
        let is_near = match ours.len() == theirs.len() {
            // Another word is another name: `rate_limit` is not `body_limit`.
            true => ours.iter().zip(theirs).all(|(a, b)| is_typo(a, b)),
            false => far <= allowed(name, &lower),
        };
        is_near.then_some((far, *candidate))
    });
    near.min().map(|(_, candidate)| candidate)
}

fn is_typo(a: &str, b: &str) -> bool {
    distance(a, b) <= allowed(a, b)
}

/// How many slips of the finger make another spelling of the same word.
fn allowed(a: &str, b: &str) -> usize {
    match a.chars().count().max(b.chars().count()) {
        0..=2 => 0,
        3..=5 => 1,
        6..=11 => 2,
        _ => 3,
    }
}

fn by_synonym<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let ours = synonyms(name);
    names.iter().find(|known| ours.contains(known)).copied()
}

/// `body_size_limit` has the words of `body_limit`, and nothing else that counts.
fn by_words<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let given = words(name);
    let fits = |candidate: &&&str| {
        let wanted = words(candidate);
        let rest = given.iter().filter(|word| !wanted.contains(word));
        wanted.iter().all(|word| given.contains(word))
            && wanted.iter().any(|word| !FILLERS.contains(word))
            && rest.clone().all(|word| FILLERS.contains(word))
    };
    let found = names.iter().filter(fits);
    found.max_by_key(|name| words(name).len()).copied()
}

fn words(name: &str) -> Vec<&str> {
    name.split('_').filter(|word| !word.is_empty()).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours (the optimal string
/// alignment distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::known::{OPTIONS, members};

    #[test]
    fn letters() {
        assert_eq!(nearest("gett", ["get", "post"]), Some("get"));
        assert_eq!(nearest("prot", ["host", "port"]), Some("port"));
        assert_eq!(nearest("lenght", ["left", "length"]), Some("length"));
        assert_eq!(nearest("titel", ["title", "price"]), Some("title"));
        assert_eq!(nearest("ID", ["id", "name"]), Some("id"));
        assert_eq!(nearest("zzzzzz", ["get", "post"]), None);
        assert_eq!(nearest("auth", ["get", "put"]), None);
        assert_eq!(nearest("id", ["is", "at"]), None);
    }

    #[test]
    fn words_are_compared_as_well_as_letters() {
        let options = members(OPTIONS);
        let near = |name| nearest(name, options.iter().copied());
        assert_eq!(near("body_size_limit"), Some("body_limit"));
        assert_eq!(near("bodylimit"), Some("body_limit"));
        assert_eq!(near("drain_timeout_secs"), Some("drain"));
        assert_eq!(near("keep_alive_timeout"), Some("keep_alive"));
        assert_eq!(near("max_conections"), Some("max_connections"));
        assert_eq!(near("client_max_body_size"), Some("body_limit"));
        assert_eq!(near("readiness"), Some("health"));
        for name in [
            "rate_limit",
            "max_rate",
            "min_size",
            "auth",
            "limit",
            "secret",
        ] {
            assert_eq!(near(name), None, "{name}");
        }
    }
}

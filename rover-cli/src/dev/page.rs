//! The pages that a person at work is shown.

use std::fs;
use std::path::Path;

use rover_rt::development::{Asked, FailedHandler};
use serde_json::{Value, json};

use crate::dev::mistakes::Mistakes;

const CSS: &str = include_str!("page.css");

/// Lines that are shown before and after the one that failed.
const AROUND: usize = 4;

/// Headers whose values are nobody's business, not even on a screen.
const SECRET: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-api-key",
];

/// A place in a Lua file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

/// Why a handler failed, as its log says it.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    asked: &'a Asked<'a>,
    handler: &'a FailedHandler<'a>,
    /// The error without its place.
    message: String,
    at: Option<Place>,
    traceback: Vec<String>,
    /// The lines around the place, with their numbers.
    excerpt: Vec<(usize, String)>,
}

impl<'a> Failure<'a> {
    pub(crate) fn new(asked: &'a Asked<'a>, handler: &'a FailedHandler<'a>, folder: &Path) -> Self {
        let (error, trace) = handler
            .text
            .split_once("\nstack traceback:")
            .unwrap_or((handler.text, ""));
        let traceback: Vec<String> = trace
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect();
        let (own, message) = place(error);
        let from_trace = || traceback.iter().find_map(|line| place(line).0);
        let known = |at: &Place| folder.join(&at.file).is_file();
        let at = own.filter(known).or_else(|| from_trace().filter(known));
        let excerpt = at.as_ref().map_or(Vec::new(), |at| excerpt(folder, at));
        Failure {
            asked,
            handler,
            message: message.trim_end().to_owned(),
            at,
            traceback,
            excerpt,
        }
    }

    /// For clients that want no page.
    pub(crate) fn json(&self) -> Value {
        let at = self.at.as_ref();
        json!({
            "error": match self.handler.status {
                503 => "Service Unavailable",
                _ => "Internal Server Error",
            },
            "request_id": self.asked.request_id,
            "message": self.message,
            "at": at.map(|at| format!("{}:{}", at.file, at.line)),
            "traceback": self.traceback,
        })
    }
}

/// `routes.lua:12: message`, taken apart.
fn place(text: &str) -> (Option<Place>, &str) {
    let mut from = 0;
    while let Some(at) = text[from..].find(':') {
        let colon = from + at;
        let digits = text[colon + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let end = colon + 1 + digits;
        if digits > 0 && text[end..].starts_with(':') {
            let place = Place {
                file: text[..colon].to_owned(),
                line: text[colon + 1..end].parse().unwrap_or(0),
            };
            return (Some(place), text[end + 1..].trim_start());
        }
        from = colon + 1;
    }
    (None, text)
}

fn excerpt(folder: &Path, at: &Place) -> Vec<(usize, String)> {
    let text = fs::read_to_string(folder.join(&at.file)).unwrap_or_default();
    let first = at.line.saturating_sub(AROUND).max(1);
    let lines = text
        .lines()
        .enumerate()
        .skip(first - 1)
        .take(at.line + AROUND + 1 - first);
    lines
        .map(|(number, line)| (number + 1, line.to_owned()))
        .collect()
}

/// The page of a failed handler.
pub(crate) fn failure(failure: &Failure<'_>) -> String {
    let Failure { asked, handler, .. } = failure;
    let mut main = format!("<h1>{}</h1>\n", escaped(&failure.message));
    if let Some((route, source)) = &handler.route {
        main += &format!(
            "<p class=\"place\"><code>{}</code>, defined in {}</p>\n",
            escaped(route),
            escaped(source)
        );
    }
    if let Some(at) = &failure.at {
        main += &format!(
            "<p class=\"file\">{}:{}</p>\n<pre class=\"code\">",
            escaped(&at.file),
            at.line
        );
        for (number, line) in &failure.excerpt {
            let class = if *number == at.line {
                " class=\"here\""
            } else {
                ""
            };
            main += &format!("<span{class}><i>{number:>4}</i> {}\n</span>", escaped(line));
        }
        main += "</pre>\n";
    }
    if !failure.traceback.is_empty() {
        main += "<h2>Traceback</h2>\n<ol class=\"trace\">";
        for line in &failure.traceback {
            main += &format!("<li><code>{}</code></li>", escaped(line));
        }
        main += "</ol>\n";
    }
    main += "<h2>Request</h2>\n<table>";
    let query = if asked.query.is_empty() {
        String::new()
    } else {
        format!("?{}", asked.query)
    };
    let line = format!("{} {}{query}", asked.method, asked.path);
    main += &row("request", &line);
    main += &row("id", asked.request_id);
    for (name, value) in &asked.headers {
        let secret = SECRET.iter().any(|known| name.eq_ignore_ascii_case(known));
        main += &row(name, if secret { "(not shown)" } else { value });
    }
    main += "</table>\n";
    let title = format!("{}: {}", handler.status, failure.message);
    page(&title, &format!("{} in a handler", handler.status), &main)
}

fn row(name: &str, value: &str) -> String {
    format!(
        "<tr><th>{}</th><td><code>{}</code></td></tr>",
        escaped(name),
        escaped(value)
    )
}

/// The page of a program that does not compile.
pub(crate) fn mistakes(mistakes: &Mistakes, served: bool) -> String {
    let count = mistakes.shown.len();
    let mut main = String::new();
    for one in &mistakes.shown {
        main += &format!("<section>\n<h1>{}</h1>\n", escaped(&one.title));
        if let Some(place) = &one.place {
            main += &format!("<p class=\"file\">{}</p>\n", escaped(place));
        }
        main += &format!(
            "<pre class=\"code\">{}</pre>\n</section>\n",
            coloured(&one.text)
        );
    }
    if served {
        main += "<p class=\"note\">The version before is still served to clients that ask for neither HTML nor JSON.</p>\n";
    }
    let head = match count {
        1 => "One mistake".to_owned(),
        more => format!("{more} mistakes"),
    };
    page(&head, &head, &main)
}

/// A rendered mistake: its markers and the texts beside them stand out.
fn coloured(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let rest = line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let class = match rest {
            _ if line.trim_start().starts_with("= help") => "help",
            _ if line.trim_start().starts_with("help:") => "help",
            _ if rest.starts_with('|')
                && rest.contains(['^', '-'])
                && !line.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                "mark"
            }
            _ if rest.starts_with("-->") => "dim",
            _ if line.starts_with("error") => "bad",
            _ => "",
        };
        match class {
            "" => escaped(line),
            class => format!("<b class=\"{class}\">{}</b>", escaped(line)),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn page(title: &str, head: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title>\n<style>{CSS}</style></head>\n\
         <body>\n<header><span>rover dev</span> {}</header>\n<main>\n{main}</main>\n</body>\n</html>\n",
        escaped(title),
        escaped(head),
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found() {
        let at = |file: &str, line| {
            Some(Place {
                file: file.to_owned(),
                line,
            })
        };
        assert_eq!(place("routes.lua:3: no"), (at("routes.lua", 3), "no"));
        assert_eq!(place("a: b:12: c: d"), (at("a: b", 12), "c: d"));
        assert_eq!(place("just: text"), (None, "just: text"));
        assert_eq!(place("lib/x.lua:7: in function 'f'").0, at("lib/x.lua", 7));
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}

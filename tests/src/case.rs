use crate::server::Response;

/// One request and the answer that is expected.
///
/// In the file a case starts with `### what it shows`, then comes the request as on the
/// wire (`Host`, `Connection` and `Content-Length` are added; only the last where the first line
/// names its version), then a line `>>> status`,
/// expected headers, and after an empty line the expected body. A header with the value
/// `-` must be absent; `*` in a value or a body stands for any text, `\*` in a value for itself. Where no body
/// follows, any body will do; a line `(empty)` stands for none. `\xNN`, `\r` and `\n` are bytes.
#[derive(Debug)]
pub struct Case {
    /// What the case shows.
    pub title: String,
    /// The request's bytes.
    pub request: Vec<u8>,
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// Reads a file of cases.
///
/// # Panics
/// When it is malformed.
pub fn parse(text: &str) -> Vec<Case> {
    let (_, cases) = text.split_once("### ").expect("a file starts with ###");
    cases.split("\n### ").map(parse_case).collect()
}

fn parse_case(text: &str) -> Case {
    let (title, rest) = text.split_once('\n').expect("a request after the title");
    let (request, answer) = rest
        .split_once(">>> ")
        .unwrap_or_else(|| panic!("no `>>> status` in case {title:?}"));
    let (head, body) = split(request.trim_end_matches('\n'));
    let (answer, expected) = split(answer.trim_end_matches('\n'));
    let mut lines = answer.lines();
    let status = lines.next().and_then(|l| l.trim().parse().ok());
    let headers = lines.map(|line| line.split_once(": ").expect("name: value"));
    Case {
        title: title.to_owned(),
        request: request_bytes(head, body),
        status: status.unwrap_or_else(|| panic!("no status in case {title:?}")),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: expected.map(|text| match text {
            "(empty)" => Vec::new(),
            text => unescape(text),
        }),
    }
}

fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once("\n\n") {
        Some((head, body)) => (head, Some(body)),
        None => (text, None),
    }
}

fn request_bytes(head: &str, body: Option<&str>) -> Vec<u8> {
    let body = body.map(unescape);
    let mut lines = head.lines();
    let first = lines.next().expect("a request line");
    let mut bytes = unescape(first);
    let own_version = first.contains(" HTTP/");
    bytes.extend_from_slice(match own_version {
        true => b"\r\n",
        false => b" HTTP/1.1\r\nHost: test\r\nConnection: close\r\n",
    });
    let mut framed = false;
    for line in lines {
        framed |= line.to_ascii_lowercase().starts_with("transfer-encoding:");
        framed |= line.to_ascii_lowercase().starts_with("content-length:");
        bytes.extend(unescape(line));
        bytes.extend_from_slice(b"\r\n");
    }
    if let (Some(body), false) = (&body, framed) {
        bytes.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend(body.unwrap_or_default());
    bytes
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let byte = after
            .strip_prefix('x')
            .and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        rest = match (byte, after.chars().next()) {
            (Some(byte), _) => {
                out.push(byte);
                &after[3..]
            }
            (None, Some('r')) => {
                out.push(b'\r');
                &after[1..]
            }
            (None, Some('n')) => {
                out.push(b'\n');
                &after[1..]
            }
            _ => {
                out.push(b'\\');
                after
            }
        };
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

impl Case {
    /// What differs between the answer and the expectation.
    pub fn difference(&self, response: &Response) -> Option<String> {
        if response.status != self.status {
            return Some(format!(
                "status {} instead of {}: {}",
                response.status,
                self.status,
                response.text()
            ));
        }
        for (name, expected) in &self.headers {
            let found = response.header(name);
            let same = match (&found, expected.as_str()) {
                (None, expected) => expected == "-",
                (Some(found), expected) => {
                    // A byte that no header has.
                    let found = found.replace('*', "\u{0}");
                    let expected = expected.replace("\\*", "\u{0}");
                    matches(expected.as_bytes(), found.as_bytes())
                }
            };
            if !same {
                return Some(format!(
                    "header {name} is {found:?} instead of {expected:?}"
                ));
            }
        }
        match &self.body {
            Some(expected) if !matches(expected, &response.body) => Some(format!(
                "body {:?} instead of {:?}",
                response.text(),
                String::from_utf8_lossy(expected)
            )),
            _ => None,
        }
    }
}

/// Whether a text is a pattern's: `*` stands for any run of bytes.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let mut parts = pattern.split(|b| *b == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&[u8]> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let found = (0..=rest.len()).find(|at| rest[*at..].starts_with(part));
        match found {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

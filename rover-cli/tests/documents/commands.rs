//! What a reader types behind `$` in a block `console`, and what is said to it.

use rover_rt::TestClient;

use crate::fences::Fence;

/// A command that is done, with what the document tells below it.
pub(crate) enum Step {
    /// `cat > FILE <<'END'`
    Write { file: String, text: String },
    /// `mkdir FOLDER`
    MakeFolder(String),
    /// `rover check`
    Check { line: usize, told: String },
    /// `curl ...`
    Ask {
        line: usize,
        curl: Curl,
        told: String,
    },
    /// What another test tries, or nobody can here.
    Other,
}

pub(crate) fn steps(fence: &Fence<'_>) -> Vec<Step> {
    let mut lines = fence.text.lines().enumerate().peekable();
    let mut steps = Vec::new();
    while let Some((mut number, text)) = lines.next() {
        let Some(command) = text.strip_prefix("$ ") else {
            continue;
        };
        let mut command = command.to_owned();
        while command.ends_with('\\') {
            command.pop();
            let (next, text) = lines.next().unwrap();
            command += text.trim_start();
            number = next;
        }
        let is_input = command.ends_with("<<'END'");
        let mut told = String::new();
        while let Some((_, text)) = lines.next_if(|(_, text)| is_input || !text.starts_with("$ ")) {
            if is_input && text == "END" {
                break;
            }
            told = told + text + "\n";
        }
        steps.push(step(&command, fence.line + 1 + number, told));
    }
    steps
}

fn step(command: &str, line: usize, told: String) -> Step {
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["curl", arguments @ ..] => Step::Ask {
            line,
            curl: Curl::parse(arguments),
            told,
        },
        ["mkdir", folder] => Step::MakeFolder((*folder).to_owned()),
        ["rover", "check"] => Step::Check { line, told },
        ["cat", ">", file, "<<END"] => Step::Write {
            file: (*file).to_owned(),
            text: told,
        },
        _ => Step::Other,
    }
}

/// The words of a command as a shell has them, without the comment at its end.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '#') if word.is_none() => break,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A call of curl.
#[derive(Default)]
pub(crate) struct Curl {
    method: Option<String>,
    target: String,
    headers: Vec<String>,
    body: Option<String>,
    shows_head: bool,
}

impl Curl {
    fn parse(arguments: &[&str]) -> Self {
        let mut curl = Curl::default();
        let mut rest = arguments.iter();
        let mut content_type = None;
        while let Some(argument) = rest.next() {
            let mut value = || (*rest.next().unwrap()).to_owned();
            match *argument {
                "-i" => curl.shows_head = true,
                "-X" => curl.method = Some(value()),
                "-H" => curl.headers.push(value()),
                "-d" => {
                    let before = curl.body.take().map(|body| body + "&").unwrap_or_default();
                    curl.body = Some(before + &value());
                    content_type = Some("application/x-www-form-urlencoded");
                }
                "--json" => {
                    curl.body = Some(value());
                    content_type = Some("application/json");
                }
                option if option.starts_with('-') => panic!("curl {option} is not known here"),
                url => {
                    let address = url.strip_prefix("http://").unwrap_or(url);
                    let path = address.find('/').map_or("/", |at| &address[at..]);
                    path.clone_into(&mut curl.target);
                }
            }
        }
        let named = content_type.map(|name| format!("Content-Type: {name}"));
        curl.headers.extend(named);
        curl
    }

    fn request(&self) -> String {
        let body = self.body.as_deref();
        let usual = if body.is_some() { "POST" } else { "GET" };
        let method = self.method.as_deref().unwrap_or(usual);
        let mut request = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost:4242\r\n",
            self.target
        );
        for header in &self.headers {
            request = request + header + "\r\n";
        }
        if let Some(body) = body {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        request + "\r\n" + body.unwrap_or_default()
    }

    /// What curl prints of the answer.
    pub(crate) fn answer(&self, program: &TestClient) -> String {
        let answer = program.exchange(vec![self.request().into_bytes()]).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        match self.shows_head {
            true => format!("{}\n\n{body}", head.replace("\r\n", "\n")),
            false => body.to_owned(),
        }
    }
}

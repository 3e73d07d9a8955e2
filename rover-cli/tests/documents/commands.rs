//! What a reader types behind `$` in a block `console`, and what is said to it.

use rover_rt::TestClient;
use serde_json::Value;

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
    /// `NAME=$(curl ... | jq -r .FIELD)`
    Remember {
        name: String,
        curl: Curl,
        field: String,
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
    if let Some((name, rest)) = command.split_once("=$(curl ")
        && let Some((arguments, field)) = rest.rsplit_once(" | jq -r .")
    {
        let arguments = words(arguments);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        return Step::Remember {
            name: name.to_owned(),
            curl: Curl::parse(&arguments),
            field: field.trim_end_matches(')').to_owned(),
        };
    }
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

/// What a shell and a file of cookies remember.
#[derive(Default)]
pub(crate) struct Remembered {
    variables: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
}

impl Remembered {
    fn set(list: &mut Vec<(String, String)>, name: &str, value: &str) {
        list.retain(|(known, _)| known != name);
        list.push((name.to_owned(), value.to_owned()));
    }

    /// Keeps a field of an answer in JSON.
    pub(crate) fn keep(&mut self, name: &str, answer: &str, field: &str) {
        let answer: Value = serde_json::from_str(answer).unwrap();
        let value = answer[field].as_str().unwrap();
        Self::set(&mut self.variables, name, value);
    }

    fn replaced(&self, text: &str) -> String {
        let replace = |text: String, (name, value): &(String, String)| {
            text.replace(&format!("${name}"), value)
        };
        self.variables.iter().fold(text.to_owned(), replace)
    }
}

/// A call of curl.
#[derive(Default)]
pub(crate) struct Curl {
    method: Option<String>,
    target: String,
    headers: Vec<String>,
    body: Option<String>,
    shows_head: bool,
    sends_cookies: bool,
    keeps_cookies: bool,
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
                "-s" => {}
                "-b" => curl.sends_cookies = !value().is_empty(),
                "-c" => curl.keeps_cookies = !value().is_empty(),
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

    fn request(&self, remembered: &Remembered) -> String {
        let body = self.body.as_deref();
        let usual = if body.is_some() { "POST" } else { "GET" };
        let method = self.method.as_deref().unwrap_or(usual);
        let mut request = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost:4242\r\n",
            self.target
        );
        for header in &self.headers {
            request = request + &remembered.replaced(header) + "\r\n";
        }
        if self.sends_cookies && !remembered.cookies.is_empty() {
            let pairs = remembered.cookies.iter();
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request += &format!("Cookie: {}\r\n", pairs.join("; "));
        }
        if let Some(body) = body {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        request + "\r\n" + body.unwrap_or_default()
    }

    /// What curl prints of the answer.
    pub(crate) fn answer(&self, program: &TestClient, remembered: &mut Remembered) -> String {
        let request = self.request(remembered);
        let answer = program.exchange(vec![request.into_bytes()]).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let cookies = head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        for (name, rest) in cookies.filter_map(|it| it.split_once('=')) {
            if self.keeps_cookies {
                let value = rest.split(';').next().unwrap();
                Remembered::set(&mut remembered.cookies, name, value);
            }
        }
        match self.shows_head {
            true => format!("{}\n\n{body}", head.replace("\r\n", "\n")),
            false => body.to_owned(),
        }
    }
}

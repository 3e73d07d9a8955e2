//! A client that remembers what it is told to.

use std::io::Write;

use serde_json::Value;

use crate::client::answer;
use crate::{Process, Response};

/// A client that keeps cookies.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Their names and values.
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    /// Its answer, which is 200.
    ///
    /// # Panics
    /// When it is another.
    pub fn ask(&mut self, server: &Process, request: &str, headers: &str) -> Response {
        let response = self.try_ask(server, request, headers);
        assert_eq!(response.status, 200, "{request}: {}", response.text());
        response
    }

    /// Asks with the cookies that it has, and keeps those that are set.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn try_ask(&mut self, server: &Process, request: &str, headers: &str) -> Response {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = match cookies.is_empty() {
            true => String::new(),
            false => format!("Cookie: {}\r\n", cookies.join("; ")),
        };
        let request = format!(
            "{request} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{cookies}{headers}\r\n"
        );
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).expect("it listens");
        let response = answer(&mut stream).expect("an answer");
        for (name, value) in &response.headers {
            if name.eq_ignore_ascii_case("set-cookie") {
                self.take(value);
            }
        }
        response
    }

    fn take(&mut self, set: &str) {
        let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
        let (name, value) = pair.split_once('=').expect("a cookie has a value");
        self.cookies.retain(|(known, _)| known != name);
        if !attributes.contains("Max-Age=0;") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The value of a cookie that it has.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut cookies = self.cookies.iter();
        cookies
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// What `GET /data` answers.
    ///
    /// # Panics
    /// When that is no JSON.
    pub fn data(&mut self, server: &Process) -> Value {
        let response = self.ask(server, "GET /data", "");
        serde_json::from_str(&response.text()).expect("JSON")
    }
}

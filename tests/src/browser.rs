//! A browser that does what a test says, by the protocol of its developer tools.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use serde_json::{Value, json};

/// Where Chromium is, if it is installed.
pub fn chromium() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    to: File,
    from: BufReader<File>,
    session: String,
    number: u64,
}

impl Browser {
    /// Starts it with files of its own in a folder that is made anew. Gives what it has said where it does not
    /// run on this machine.
    ///
    /// # Errors
    /// With what failed.
    pub fn start(program: &Path, folder: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| error.to_string();
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).map_err(told)?;
        let (to, from) = (folder.join("to"), folder.join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("mkfifo failed".to_owned());
        }
        let profile = format!("--user-data-dir={}", folder.join("profile").display());
        let process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<\"$TO\" 4>\"$FROM\"", "sh"])
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .args([
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-sync",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args(["--remote-debugging-pipe", &profile, "about:blank"])
            .env("TO", &to)
            .env("FROM", &from)
            .stderr(Stdio::null())
            .spawn()
            .map_err(told)?;
        // Each of the two waits for the other side.
        let to = File::options().write(true).open(to).map_err(told)?;
        let from = BufReader::new(File::open(from).map_err(told)?);
        let mut browser = Browser {
            process,
            to,
            from,
            session: String::new(),
            number: 0,
        };
        let page = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach)?;
        browser.session = attached["sessionId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        browser.call("Page.enable", json!({}))?;
        Ok(browser)
    }

    fn call(&mut self, method: &str, parameters: Value) -> Result<Value, String> {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to
            .write_all(&bytes)
            .map_err(|error| error.to_string())?;
        loop {
            let mut bytes = Vec::new();
            let read = self.from.read_until(0, &mut bytes);
            if read.map_err(|error| error.to_string())? == 0 {
                return Err("the browser has ended".to_owned());
            }
            bytes.pop();
            let answer: Value =
                serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
            // Between the answers stand events.
            if answer["id"] == self.number {
                return match answer.get("error") {
                    Some(error) => Err(format!("{method}: {error}")),
                    None => Ok(answer["result"].clone()),
                };
            }
        }
    }

    fn must(&mut self, method: &str, parameters: Value) -> Value {
        self.call(method, parameters)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Shows pages as a screen of this width and height does.
    pub fn screen(&mut self, width: u32, height: u32) {
        let screen = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.must("Emulation.setDeviceMetricsOverride", screen);
    }

    /// Goes to a page, and waits until its scripts have run.
    pub fn open(&mut self, url: &str) {
        self.must("Page.navigate", json!({ "url": url }));
        self.wait_for("document.readyState === 'complete'");
    }

    /// The value of an expression in the page.
    ///
    /// # Panics
    /// When it raises an error.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
        });
        let answer = self.must("Runtime.evaluate", asked);
        let failed = answer.get("exceptionDetails");
        assert!(failed.is_none(), "{expression}: {failed:?}");
        answer["result"]["value"].clone()
    }

    /// The same as a text.
    pub fn text(&mut self, expression: &str) -> String {
        match self.value(expression) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, condition: &str) {
        self.value(&format!(
            "new Promise(done => {{ const look = () => ({condition}) ? done() : setTimeout(look, 20); look(); }})"
        ));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

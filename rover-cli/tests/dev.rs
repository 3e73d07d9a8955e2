//! `rover dev` as a person uses it: a folder, a terminal, a browser.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use common::Folder;

/// What has not happened after so long never will, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(120);

const HELLO: &str = r#"local api = rover.server {}
function api.hello.get() return { text = "one" } end
function api.page.get() return api.html("<!doctype html><body><p>one</p></body>") end
function api.part.get() return api.html("<p>one</p>") end
function api.fail.get(ctx)
  local nothing = nil
  return nothing.field
end
return api
"#;

/// A program in a folder of its own, under `rover dev`.
struct Session {
    folder: Folder,
    process: Child,
    address: String,
    told: Receiver<String>,
}

impl Session {
    fn start(name: &str, manifest: &str) -> Self {
        let folder = Folder::with(&format!("dev_{name}"), manifest);
        let command = folder.command(&["dev", "--port", "0"]);
        Session::of(folder, command)
    }

    fn of(folder: Folder, mut command: Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let mut session = Session {
            folder,
            process,
            address: String::new(),
            told,
        };
        let line = session.line("http://");
        let (_, address) = line.split_once("http://").unwrap();
        let address = address.split_whitespace().next().unwrap();
        address.clone_into(&mut session.address);
        session
    }

    /// The next line of the terminal that has this text in it.
    fn line(&self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut before = String::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.told.recv_timeout(left) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => before = before + &line + "\n",
                Err(why) => panic!("no line with {text:?} ({why}) after:\n{before}"),
            }
        }
    }

    fn write(&self, file: &str, text: &str) {
        self.folder.write(file, text);
    }

    /// As editors do that never leave half a file.
    fn replace(&self, file: &str, text: &str) {
        let new = self.folder.0.join(format!("{file}.new"));
        fs::write(&new, text).unwrap();
        fs::rename(new, self.folder.0.join(file)).unwrap();
    }

    /// What is answered: the status line's number, and the body.
    fn get(&self, path: &str, accept: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: t\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer[9..12].parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// Asks until this is answered.
    fn until(&self, path: &str, accept: &str, wanted: &str) -> (u16, String) {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path, accept);
            if answer.1.contains(wanted) {
                return answer;
            }
            assert!(Instant::now() < end, "{path} is still {answer:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_save_is_served() {
    let session = Session::start("save", HELLO);
    assert_eq!(
        session.get("/hello", "*/*"),
        (200, r#"{"text":"one"}"#.to_owned())
    );
    session.write("routes.lua", &HELLO.replace("\"one\"", "\"two\""));
    session.line("~ GET /hello");
    assert_eq!(
        session.get("/hello", "*/*"),
        (200, r#"{"text":"two"}"#.to_owned())
    );
    // By a new file with the old one's name, with a module that was not there before.
    session.write("words.lua", "return { text = \"three\" }");
    let with_module = HELLO.replace("{ text = \"one\" }", "require('words')");
    session.replace("routes.lua", &with_module);
    session.until("/hello", "*/*", "three");
    session.replace("words.lua", "return { text = \"four\" }");
    session.until("/hello", "*/*", "four");
    // A module in a folder that is new.
    fs::create_dir(session.folder.0.join("lib")).unwrap();
    session.write("lib/words.lua", "return { text = \"five\" }");
    session.replace("routes.lua", &with_module.replace("'words'", "'lib.words'"));
    session.until("/hello", "*/*", "five");
    session.write("lib/words.lua", "return { text = \"six\" }");
    session.until("/hello", "*/*", "six");
}

#[test]
fn files_that_are_not_the_programs_wake_nobody() {
    let session = Session::start("others", HELLO);
    session.write("dev.log", "a line\n");
    // The same text again, and then another: only that is told.
    session.write("routes.lua", HELLO);
    session.replace("routes.lua", &HELLO.replace("\"one\"", "\"two\""));
    let mut before = Vec::new();
    loop {
        let line = session.told.recv_timeout(PATIENCE).unwrap();
        if line.contains("~ GET /hello") {
            break;
        }
        before.push(line);
    }
    assert!(before.is_empty(), "{before:?}");
}

#[test]
fn routes_that_come_and_go_are_told() {
    let session = Session::start("routes", HELLO);
    session.replace(
        "routes.lua",
        &HELLO.replace("api.part.get", "api.part.post"),
    );
    let line = session.line("GET /part");
    assert!(
        line.contains("+ POST /part") && line.contains("- GET /part"),
        "{line}"
    );
}

#[test]
fn mistakes_are_shown_and_the_version_before_stays() {
    let session = Session::start("mistakes", HELLO);
    session.write(
        "routes.lua",
        &HELLO.replace("rover.server {}", "rover.server { prot = 1 }"),
    );
    session.line("unknown option `prot`");
    session.line("the version before is still served");
    let (status, page) = session.get("/hello", "text/html,*/*;q=0.8");
    assert_eq!(status, 500);
    assert!(page.contains("unknown option `prot`"), "{page}");
    assert!(page.contains("did you mean `port`?"), "{page}");
    let (status, text) = session.get("/hello", "application/json");
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 500);
    assert_eq!(told["diagnostics"][0]["message"], "unknown option `prot`");
    assert_eq!(told["diagnostics"][0]["labels"][0]["line"], 1);
    assert_eq!(
        session.get("/hello", "*/*"),
        (200, r#"{"text":"one"}"#.to_owned())
    );
    session.write("routes.lua", HELLO);
    session.until("/hello", "application/json", r#"{"text":"one"}"#);
}

#[test]
fn a_program_that_never_compiled_is_served_when_it_does() {
    let session = Session::start("first", "return rover.server { prot = 1 }\n");
    assert_eq!(session.get("/hello", "*/*").0, 500);
    assert!(session.get("/", "text/html").1.contains("prot"));
    session.write("routes.lua", HELLO);
    session.until("/hello", "*/*", r#"{"text":"one"}"#);
}

#[test]
fn a_program_that_does_not_start_is_a_mistake() {
    let session = Session::start("start", HELLO);
    let late =
        "local n = 0\nif #tostring({}) > 0 and os.getenv('HOME') then error('not here') end\n";
    session.write("routes.lua", &format!("{late}{HELLO}"));
    session.line("not here");
    assert_eq!(session.get("/hello", "*/*").0, 200);
    assert!(session.get("/hello", "text/html").1.contains("not here"));
}

#[test]
fn a_failed_handler_shows_its_line() {
    let session = Session::start("fail", HELLO);
    let (status, page) = session.get("/fail?x=1", "text/html");
    assert_eq!(status, 500);
    assert!(page.contains("attempt to index local"), "{page}");
    assert!(page.contains("routes.lua:7"), "{page}");
    assert!(page.contains("return nothing.field"), "{page}");
    assert!(page.contains("GET /fail?x=1"), "{page}");
    let (status, text) = session.get("/fail", "*/*");
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &told["at"]), (500, &"routes.lua:7".into()));
    assert!(
        told["traceback"][0]
            .as_str()
            .unwrap()
            .contains("routes.lua:7")
    );
    session.line("attempt to index local");
}

#[test]
fn open_pages_know_when_to_load_again() {
    let session = Session::start("pages", HELLO);
    let version = |page: &str| {
        let (_, after) = page.split_once("served=\"").unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let (_, page) = session.get("/page", "text/html");
    assert!(
        page.starts_with("<!doctype html><body><p>one</p><script>"),
        "{page}"
    );
    let asked = || session.get("/__rover/version", "*/*").1;
    assert_eq!(asked(), version(&page));
    // A part of a page is left alone.
    assert_eq!(session.get("/part", "text/html").1, "<p>one</p>");
    session.write(
        "routes.lua",
        &HELLO.replace("<p>one</p></body>", "<p>two</p></body>"),
    );
    let (_, new) = session.until("/page", "text/html", "two");
    assert_ne!(version(&new), version(&page));
    // The version before may still be there for a moment.
    session.until("/__rover/version", "*/*", &version(&new));
}

#[test]
fn a_request_that_runs_is_finished_by_its_version() {
    let with_body = HELLO.replace(
        "function api.part",
        "function api.say.post(ctx) return ctx:body():text() .. \" one\" end\nfunction api.part",
    );
    let session = Session::start("running", &with_body);
    let mut stream = TcpStream::connect(&session.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = "POST /say HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // The version has the request.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    session.replace("routes.lua", &with_body.replace("one", "two"));
    session.line("~ POST /say");
    assert_eq!(session.get("/part", "*/*").1, "<p>two</p>");
    stream.write_all(b"text").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("text one"), "{answer}");
}

#[test]
fn an_interrupt_ends_it() {
    let mut session = Session::start("end", HELLO);
    session.signal();
    assert!(session.process.wait().unwrap().success());
}

#[test]
fn what_cannot_be_begun_is_told() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rover"))
            .args(arguments)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, told) = run(&["dev", "/nowhere/at/all.lua"]);
    assert_eq!(code, Some(2));
    assert!(
        told.contains("there is no file `/nowhere/at/all.lua`"),
        "{told}"
    );
    let session = Session::start("taken", HELLO);
    let port = session.address.rsplit(':').next().unwrap();
    let folder = session.folder.0.to_str().unwrap();
    let (code, told) = run(&["dev", "--port", port, folder]);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("cannot listen on") && told.contains("--port"),
        "{told}"
    );
}

const SHOP: &str = r#"local env = rover.env {
  DEV_TEST_NAME = rover.guard:string():required("who greets"),
  DEV_TEST_TIMES = rover.guard:integer():default(1),
}
local api = rover.server {}
function api.hello.get()
  return { name = env.DEV_TEST_NAME, times = env.DEV_TEST_TIMES, more = os.getenv "DEV_TEST_MORE", own = rover.env.DEV_TEST_OWN }
end
return api
"#;

#[test]
fn variables_of_a_file_are_read_anew_when_it_is_saved() {
    let folder = Folder::with("dev_variables", SHOP);
    let text = "# who\nexport DEV_TEST_NAME='Ada L.'\nDEV_TEST_MORE=2 # more\nDEV_TEST_OWN=file\n";
    folder.write(".env", text);
    // What the process has counts.
    let mut command = folder.command(&["dev", "--port", "0"]);
    command.env("DEV_TEST_OWN", "process");
    let session = Session::of(folder, command);
    let answer = |name: &str, times: u8| {
        format!(r#"{{"name":"{name}","times":{times},"more":"2","own":"process"}}"#)
    };
    assert_eq!(session.get("/hello", "*/*"), (200, answer("Ada L.", 1)));
    session.replace(".env", &text.replace("Ada L.", "Grace"));
    session.line("~ .env");
    assert_eq!(session.get("/hello", "*/*"), (200, answer("Grace", 1)));
    // What is wrong is told, and the version before stays.
    session.write(".env", &(text.to_owned() + "DEV_TEST_TIMES=often\n"));
    session.line("DEV_TEST_TIMES must be an integer (routes.lua:3)");
    session.line("the version before is still served");
    assert_eq!(session.get("/hello", "*/*"), (200, answer("Grace", 1)));
    session.write(".env", &(text.to_owned() + "DEV_TEST_TIMES 3\n"));
    session.line(".env, line 5");
    session.write(".env", &(text.to_owned() + "DEV_TEST_TIMES=3\n"));
    session.until("/hello", "*/*", &answer("Ada L.", 3));
}

#[test]
fn a_program_waits_for_the_file_with_its_variables() {
    let session = Session::start("no_variables", SHOP);
    let (status, text) = session.get("/hello", "application/json");
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, &told["error"]),
        (500, &"The program does not start".into())
    );
    assert_eq!(
        told["message"],
        "the environment is not as the program needs it:\n  \
         DEV_TEST_NAME is not set: who greets (routes.lua:2)"
    );
    session.write(".env", "DEV_TEST_NAME=Ada\n");
    session.until("/hello", "*/*", r#"{"name":"Ada","times":1}"#);
}

#[test]
fn the_port_may_come_from_the_file() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let manifest = "local env = rover.env { PORT = rover.guard:integer():required() }\n\
                    local api = rover.server { port = env.PORT }\n\
                    function api.get() return env.PORT end\nreturn api\n";
    let folder = Folder::with("dev_port", manifest);
    folder.write(".env", &format!("PORT={port}\n"));
    let mut command = folder.command(&["dev"]);
    command.env_remove("PORT");
    let session = Session::of(folder, command);
    assert_eq!(session.address, format!("127.0.0.1:{port}"));
    assert_eq!(session.get("/", "*/*"), (200, port.to_string()));
}

const COUNTED: &str = r#"local api = rover.server { state = "memory" }
local counts = rover.shared "counts"
function api.counts.get() return counts:incr "all" end
return api
"#;

#[test]
fn the_state_may_be_on_a_server() {
    let session = Session::start("dev_state", COUNTED);
    assert_eq!(session.get("/counts", "*/*"), (200, "1".to_owned()));
    session.write(".env", "ROVER_STATE=elsewhere\n");
    session.line("begins with `redis://`");
    session.line("the version before is still served");
    assert_eq!(session.get("/counts", "*/*"), (200, "2".to_owned()));
    session.replace("routes.lua", &COUNTED.replace("state = \"memory\"", ""));
    session.line("the program has no option `state`");
    session.write(".env", "");
    session.until("/counts", "*/*", "1");
}

const BOOKS: &str = r#"local db = rover.db("sqlite::memory:", { migrations = "migrations" })
local api = rover.server {}
function api.books.get() return db:all "select * from books" end
return api
"#;

#[test]
fn migrations_are_applied_as_they_are_saved() {
    let folder = Folder::with("dev_migrations", BOOKS);
    fs::create_dir(folder.0.join("migrations")).unwrap();
    let books = "create table books (id integer primary key, title text);\n";
    folder.write("migrations/0001_books.sql", books);
    let command = folder.command(&["dev", "--port", "0"]);
    let session = Session::of(folder, command);
    session.line("applied the migration 0001_books.sql");
    assert_eq!(session.get("/books", "*/*"), (200, "[]".to_owned()));
    session.replace(
        "migrations/0002_first.sql",
        "insert into books (title) values ('one');\n",
    );
    session.line("applied the migration 0002_first.sql");
    session.until("/books", "*/*", r#"[{"id":1,"title":"one"}]"#);
}

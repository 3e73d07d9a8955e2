//! Programs that declare what they need of the environment, started with one.

use std::process::{Command, Output};

use rover_tests::Process;

/// Compiled by rustc, and served from a plan in both forms.
const FORMS: [&str; 3] = ["compiled", "specialised plan", "reference plan"];

fn program(form: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_environment"));
    command
        .env_clear()
        .env("TEST_ROVER_FORM", form)
        .envs(variables.iter().copied());
    command
}

/// All that the program needs.
const ENOUGH: [(&str, &str); 4] = [
    ("DATABASE_URL", "sqlite:books.db"),
    ("SECRET", "hunter-2-hunter"),
    ("RATE", "5"),
    ("ROVER_PORT", "0"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut all = ENOUGH.to_vec();
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend(more);
    all
}

fn asked(form: &str, variables: &[(&str, &str)], path: &str) -> String {
    let running = Process::start(&mut program(form, variables));
    let answer = running.get(path).expect("an answer").text();
    assert_eq!(running.stop().0, Some(0));
    answer
}

fn ended(
    form: &str,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let output = program(form, variables).args(arguments).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("an end");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn values_have_the_types_of_their_schemas() {
    for form in FORMS {
        assert_eq!(
            asked(form, &with(&[]), "/"),
            r#"{"where":"at sqlite:books.db","port":4242,"half":2.5,"mode":"live","verbose":false,"mail":"shop@example.org","secret":15}"#
        );
        let more = with(&[
            ("RATE", "1e3"),
            ("MODE", "test"),
            ("VERBOSE", "on"),
            ("PORT", "4300"),
            ("MAIL_FROM", "a@b.example"),
        ]);
        assert_eq!(
            asked(form, &more, "/"),
            r#"{"where":"at sqlite:books.db","port":4300,"half":500,"mode":"test","verbose":true,"mail":"a@b.example","secret":15}"#
        );
    }
}

#[test]
fn a_handler_reads_what_is_not_declared() {
    for form in FORMS {
        let of =
            |variables: &[(&'static str, &'static str)]| asked(form, &with(variables), "/debug");
        assert_eq!(of(&[("DEBUG", "1")]), r#"{"debug":"1"}"#);
        assert_eq!(of(&[]), r#"{"error":"Not Found"}"#);
    }
}

/// One message, with every variable that is wrong, and nothing of what they hold.
#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let variables = [
        ("PORT", "70000"),
        ("SECRET", "hunter2"),
        ("MODE", "hunter3"),
        ("RATE", "hunter4"),
        ("VERBOSE", "hunter5"),
        ("MAIL_FROM", "hunter6"),
    ];
    for form in FORMS {
        for arguments in [&[][..], &["--check"], &["--supervise"]] {
            let (code, _, said) = ended(form, &variables, arguments);
            assert_eq!(
                said,
                "error: the environment is not as the program needs it:\n  \
                 DATABASE_URL is not set: the URL of the books' database (routes.lua:5)\n  \
                 PORT must be from 1 to 65535 (routes.lua:7)\n  \
                 SECRET must have 8 to 64 characters (routes.lua:8)\n  \
                 MODE must be one of: test, live (routes.lua:9)\n  \
                 RATE must be a number (routes.lua:10)\n  \
                 VERBOSE must be a boolean (routes.lua:11)\n  \
                 MAIL_FROM must be an email address (lib/mail.lua:1)\n"
            );
            assert_eq!(code, Some(78));
        }
    }
}

#[test]
fn what_is_empty_is_no_number() {
    let (code, _, said) = ended("compiled", &with(&[("RATE", ""), ("PORT", "")]), &[]);
    // The port has a default.
    assert!(
        said.ends_with(":\n  RATE is empty, and required (routes.lua:10)\n"),
        "{said}"
    );
    assert_eq!(code, Some(78));
}

#[cfg(unix)]
#[test]
fn what_is_no_text_is_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let mut command = program("compiled", &with(&[]));
    let output = command.env("DATABASE_URL", OsStr::from_bytes(b"\xff\xfe"));
    let output = output.output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.ends_with(":\n  DATABASE_URL is not UTF-8 (routes.lua:5)\n"),
        "{said}"
    );
}

#[test]
fn options_are_those_of_the_start() {
    let port = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("bound").port().to_string()
    };
    for form in FORMS {
        let port = port();
        let mut variables: Vec<(&str, &str)> = ENOUGH[..3].to_vec();
        variables.push(("PORT", &port));
        let running = Process::start(&mut program(form, &variables));
        assert_eq!(running.address().port().to_string(), port);
        assert_eq!(running.stop().0, Some(0));
        let (code, _, said) = ended(form, &with(&[("KEEP_ALIVE", "long")]), &[]);
        assert!(
            said.contains("`keep_alive`: `long` is not a time"),
            "{said}"
        );
        assert_eq!(code, Some(1));
    }
}

/// The compiler did not see that this environment has another function: the start does.
#[test]
fn a_function_that_was_not_compiled_for_its_route_stops_the_start() {
    for form in FORMS {
        assert_eq!(asked(form, &with(&[("CHOICE", "one")]), "/choice"), "one");
        let (code, _, said) = ended(form, &with(&[("CHOICE", "two")]), &[]);
        assert_eq!(
            said,
            "error: the routes differ from those at build: GET /choice is the function of \
             routes.lua:39, not of routes.lua:38\n"
        );
        assert_eq!(code, Some(1));
    }
}

#[test]
fn the_variables_are_listed_without_a_start() {
    for form in FORMS {
        let (code, said, _) = ended(form, &[], &["--env"]);
        assert_eq!(
            said,
            "\
DATABASE_URL  string     required                    routes.lua:5    Where the books are.
PORT          integer    default 4242                routes.lua:7    Where the server listens.
SECRET        string     required                    routes.lua:8
MODE          test|live  default \"live\"              routes.lua:9
RATE          number     required                    routes.lua:10
VERBOSE       boolean    default false               routes.lua:11
MAIL_FROM     string     default \"shop@example.org\"  lib/mail.lua:1
ADDRESS       string     optional                    routes.lua:19
KEEP_ALIVE    string     optional                    routes.lua:22
DEBUG         string     optional                    routes.lua:33
CHOICE        string     optional                    routes.lua:40
"
        );
        assert_eq!(code, Some(0));
    }
}

/// Variables that whoever starts the program adds, as its tests do.
#[test]
fn a_host_gives_variables() {
    use rover_tests::programs::environment;

    for app in [environment::app, environment::reference::app] {
        let variables = [
            ("TEST_ROVER_ENV_PORT", "4301"),
            ("TEST_ROVER_ENV_NAME", "Ada"),
            // The process has one.
            ("PATH", "nowhere"),
        ];
        let client = app().environment(variables).client().expect("it starts");
        let get = |path: &str| client.get(path).send().expect("an answer").text();
        assert_eq!(
            get("/"),
            r#"{"port":4301,"rate":0.5,"verbose":true,"mode":"test","name":"Ada","plain":7}"#
        );
        assert_eq!(get("/read/TEST_ROVER_ENV_NAME"), "Ada");
        assert_eq!(get("/read/PATH"), std::env::var("PATH").expect("a path"));
        let refused = app().environment([("TEST_ROVER_ENV_PORT", "x")]).client();
        let refused = refused.expect_err("no start");
        assert_eq!(refused.exit_code(), 78);
        assert!(
            refused
                .to_string()
                .contains("TEST_ROVER_ENV_PORT must be an integer (routes.lua:5)")
        );
    }
}

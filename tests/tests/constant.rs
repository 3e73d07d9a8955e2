//! Handlers that always answer the same: their answer carries a validator.

use rover_tests::programs::{cors, headers_out, hello, html, json_out, security_headers};
use rover_tests::{Response, Server};

fn ask(server: &Server, method: &str, path: &str, tag: &str) -> Response {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\nIf-None-Match: {tag}\r\n\r\n"
    );
    server.send(request.as_bytes())
}

#[test]
fn a_constant_answer_has_a_validator() {
    let server = Server::start(hello::app().log_level(rover::LogLevel::Off));
    let first = server.get("/hello");
    let tag = first.header("etag").expect("a validator");
    assert_eq!(
        (first.status, first.text().as_str()),
        (200, "Hello from Rover!")
    );
    assert_eq!(server.get("/hello").header("etag").as_ref(), Some(&tag));
    let lists = [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ];
    for list in &lists {
        for method in ["GET", "HEAD"] {
            let known = ask(&server, method, "/hello", list);
            assert_eq!(known.status, 304, "{method} {list}");
            assert_eq!(known.header("etag").as_ref(), Some(&tag));
            assert_eq!(known.header("content-type"), None);
            assert!(known.body.is_empty());
        }
    }
    let other = ask(&server, "GET", "/hello", "\"other\"");
    assert_eq!(
        (other.status, other.text().as_str()),
        (200, "Hello from Rover!")
    );
    let head = ask(&server, "HEAD", "/hello", "\"other\"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length").as_deref(), Some("17"));
}

/// RFC 9110, section 13.1.2: for these methods the condition is about what they do.
#[test]
fn other_methods_have_no_validator() {
    let server = Server::start(headers_out::app().log_level(rover::LogLevel::Off));
    for (method, status) in [
        ("POST", 200),
        ("DELETE", 200),
        ("PUT", 201),
        ("OPTIONS", 200),
    ] {
        let answer = ask(&server, method, "/constant", "*");
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(answer.header("etag"), None, "{method}");
        assert_eq!(answer.text(), method, "{method}");
    }
    assert_eq!(ask(&server, "GET", "/constant", "*").status, 304);
}

/// RFC 9110, section 15.4.5: what an answer has by whom it may be read and how it is shown, its
/// 304 has, too.
#[test]
fn headers_that_are_added_leave_it_constant() {
    let quiet = |app: rover::App| Server::start(app.log_level(rover::LogLevel::Off));
    let server = quiet(cors::app());
    for path in ["/constant", "/varies", "/partner", "/inner"] {
        assert!(server.get(path).header("etag").is_some(), "{path}");
    }
    let asked = |origin: &str| {
        let request = format!(
            "GET /constant HTTP/1.1\r\nHost: t\r\nConnection: close\r\nIf-None-Match: *\r\n\
             Origin: {origin}\r\n\r\n"
        );
        let answer = server.send(request.as_bytes());
        assert_eq!(answer.status, 304);
        assert_eq!(answer.header("vary").as_deref(), Some("Origin"));
        answer.header("access-control-allow-origin")
    };
    assert_eq!(
        asked("https://app.example").as_deref(),
        Some("https://app.example")
    );
    assert_eq!(asked("https://evil.example"), None);
    let pages = quiet(security_headers::app());
    let known = ask(&pages, "GET", "/", "*");
    assert_eq!(known.status, 304);
    let policy = known.header("content-security-policy");
    assert_eq!(policy.as_deref(), Some("frame-ancestors 'self'"));
}

#[test]
fn what_depends_on_the_request_has_none() {
    let server = Server::start(hello::app().log_level(rover::LogLevel::Off));
    assert_eq!(server.get("/users/1").header("etag"), None);
    assert_eq!(server.get("/nothing").header("etag"), None);
    // A table of the program's own may change between requests.
    let server = Server::start(json_out::app().log_level(rover::LogLevel::Off));
    assert_eq!(server.get("/v/array").header("etag"), None);
}

#[test]
fn so_has_a_page_that_prints_constants_only() {
    let server = Server::start(html::app().log_level(rover::LogLevel::Off));
    for path in ["/constant", "/constant/file", "/constant/value"] {
        let tag = server.get(path).header("etag").expect("a validator");
        for method in ["GET", "HEAD"] {
            let known = ask(&server, method, path, &tag);
            assert_eq!(
                (known.status, known.body.len()),
                (304, 0),
                "{method} {path}"
            );
            assert_eq!(known.header("etag"), Some(tag.clone()));
        }
    }
    let others = ["status", "component", "called", "looked?x=1"];
    for path in others.map(|path| format!("/constant/{path}")) {
        assert_eq!(server.get(&path).header("etag"), None, "{path}");
    }
}

//! `ctx:session()` and `rover.csrf` as somebody would use them who has several requests, several browsers, and bad intentions:
//! in a server of several workers, in both forms.

use std::process::Command;
use std::thread;

use rover_tests::client::in_time;
use rover_tests::cookies::Browser;
use rover_tests::{Process, Response};
use serde_json::json;

/// A program in both forms.
fn each_form(case: &str, test: impl Fn(&Process)) {
    for reference in [false, true] {
        let server = start(case, reference);
        test(&server);
        server.stop();
    }
}

/// Sessions that have a name, in the process and in a database, in both forms.
fn each_store(test: impl Fn(&Process)) {
    for case in ["sessions_shared", "sessions_database"] {
        each_form(case, &test);
    }
}

fn start(case: &str, reference: bool) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_case"));
    command
        .args(["--port", "0", "--workers", "3"])
        .env("ROVER_TEST_CASE", case)
        .env_remove("ROVER_TEST_REFERENCE");
    if reference {
        command.env("ROVER_TEST_REFERENCE", "1");
    }
    Process::start(&mut command)
}

/// The last headers of a request, and its body.
fn body(kind: &str, body: &str) -> String {
    let length = body.len();
    format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[test]
fn a_cookie_holds_what_was_written() {
    each_form("sessions", |server| {
        let mut browser = Browser::default();
        for visit in 1..4 {
            let response = browser.ask(server, "GET /visits", "");
            assert_eq!(response.text(), json!({ "visits": visit }).to_string());
        }
        let list = body("application/json", r#"[1,{"a":[]},"text",null,true]"#);
        browser.ask(server, "POST /keep/list", &list);
        let before = browser.clone();
        assert_eq!(
            browser.data(server)["data"],
            json!({ "visits": 3, "list": [1, { "a": [] }, "text", null, true] })
        );
        // Reading it, even a list within it, writes nothing.
        assert_eq!(before.cookies, browser.cookies);
        browser.ask(server, "POST /login?user=ann", "");
        assert_ne!(before.cookies, browser.cookies);
        assert_eq!(browser.data(server)["data"]["user"], "ann");
        // What was sent before still says what it said: the cookie is all that there is.
        assert_eq!(before.clone().data(server)["data"]["visits"], 3);
        browser.ask(server, "POST /logout", "");
        assert!(browser.cookies.is_empty());
    });
}

#[test]
fn errors_keep_what_was_written_before_them() {
    each_form("sessions", |server| {
        let mut browser = Browser::default();
        assert_eq!(browser.try_ask(server, "GET /failing", "").status, 500);
        assert_eq!(browser.try_ask(server, "GET /thrown", "").status, 409);
        browser.ask(server, "GET /waiting", "");
        // What cannot be kept leaves the cookie as it was.
        let before = browser.clone();
        assert_eq!(
            browser.try_ask(server, "GET /large?bytes=5000", "").status,
            500
        );
        assert_eq!(browser.try_ask(server, "GET /wrong/value", "").status, 500);
        assert_eq!(before.cookies, browser.cookies);
        assert_eq!(
            browser.data(server)["data"],
            json!({ "failed": true, "thrown": true, "before": true, "after": true })
        );
    });
}

#[test]
fn secrets_are_replaced_one_after_the_other() {
    let (old, new) = (start("sessions", false), start("sessions_rotated", false));
    let mut browser = Browser::default();
    browser.ask(&old, "GET /visits", "");
    let made_by_old = browser.clone();
    // It is read, and made anew by the first secret.
    let response = browser.ask(&new, "GET /data", "");
    assert_eq!(response.text(), r#"{"data":{"visits":1}}"#);
    let set = response.header("set-cookie").expect("a cookie");
    assert!(
        set.ends_with("; Path=/; Max-Age=7200; HttpOnly; SameSite=Strict; Secure"),
        "{set}"
    );
    assert_ne!(browser.cookies, made_by_old.cookies);
    assert!(
        browser
            .ask(&new, "GET /data", "")
            .header("set-cookie")
            .is_none()
    );
    // The old one alone does not know it.
    assert_eq!(browser.data(&old)["data"], json!({}));
    let answer = browser.try_ask(&new, "GET /nowhere", "");
    assert_eq!(answer.text(), r#"{"visits":1}"#);
    old.stop();
    new.stop();
}

#[test]
fn a_name_that_was_known_before_the_login_opens_nothing() {
    each_store(|server| {
        let mut attacker = Browser::default();
        attacker.ask(server, "POST /keep/basket/full", "");
        // The victim is given the attacker's cookie, and logs in.
        let mut victim = attacker.clone();
        victim.ask(server, "POST /login?user=ann", "");
        assert_ne!(victim.cookie("sid"), attacker.cookie("sid"));
        assert_eq!(
            victim.data(server),
            json!({ "user": "ann", "basket": "full" })
        );
        assert_eq!(attacker.data(server), json!({}));
        // What the attacker writes makes a session of its own.
        attacker.ask(server, "POST /keep/user/eve", "");
        assert_eq!(victim.data(server)["user"], "ann");
    });
}

#[test]
fn a_session_that_has_ended_does_not_come_back() {
    each_store(|server| {
        let mut browser = Browser::default();
        browser.ask(server, "POST /login?user=ann", "");
        let mut copy = browser.clone();
        assert_eq!(copy.data(server), json!({ "user": "ann" }));
        browser.ask(server, "POST /logout", "");
        assert_eq!(browser.cookie("sid"), None);
        assert_eq!(copy.data(server), json!({}));
    });
}

/// Runs `between` while a request of the browser's waits that has read the session; its answer.
fn while_waiting(
    server: &Process,
    browser: &Browser,
    request: &str,
    between: impl FnOnce(),
) -> Response {
    let mut control = Browser::default();
    control.try_ask(server, "DELETE /gate", "");
    let mut waiting = browser.clone();
    thread::scope(|scope| {
        let slow = scope.spawn(move || waiting.ask(server, request, ""));
        in_time(|| {
            let gate = control.ask(server, "GET /gate", "").text();
            (gate == r#"{"waits":true}"#).then_some(())
        });
        between();
        control.ask(server, "POST /gate", "");
        slow.join().expect("no panic")
    })
}

#[test]
fn requests_at_the_same_time_keep_what_each_has_written() {
    each_store(|server| {
        let mut browser = Browser::default();
        browser.ask(server, "POST /keep/a/1", "");
        browser.ask(server, "POST /keep/b/1", "");
        let other = browser.clone();
        while_waiting(server, &browser, "POST /slow/slow/1", || {
            let mut other = other.clone();
            other.ask(server, "POST /keep/a/2", "");
            other.ask(server, "POST /remove/b", "");
            other.ask(server, "POST /keep/c/1", "");
        });
        assert_eq!(
            browser.data(server),
            json!({ "a": "2", "c": "1", "slow": "1" })
        );
        // Who has only read writes nothing.
        while_waiting(server, &browser, "POST /slow/nothing/0", || {
            other.clone().ask(server, "POST /keep/a/3", "");
        });
        // Of one key the last counts.
        while_waiting(server, &browser, "POST /slow/c/slow", || {
            other.clone().ask(server, "POST /keep/c/fast", "");
        });
        assert_eq!(
            browser.data(server),
            json!({ "a": "3", "c": "slow", "slow": "1" })
        );
        // What has ended meanwhile stays ended.
        let answer = while_waiting(server, &browser, "POST /slow/user/eve", || {
            other.clone().ask(server, "POST /logout", "");
        });
        assert!(answer.header("set-cookie").is_none());
        assert_eq!(browser.data(server), json!({}));
    });
}

#[test]
fn many_write_at_once_and_nothing_is_lost() {
    each_store(|server| {
        let mut browser = Browser::default();
        browser.ask(server, "POST /keep/first/1", "");
        thread::scope(|scope| {
            for client in 0..6 {
                let mut browser = browser.clone();
                scope.spawn(move || {
                    for at in 0..10 {
                        browser.ask(server, &format!("POST /keep/k{client}x{at}/1"), "");
                    }
                });
            }
        });
        let data = browser.data(server);
        assert_eq!(data.as_object().expect("an object").len(), 61);
    });
}

#[test]
fn a_session_ends_behind_the_transaction_that_it_was_ended_in() {
    each_form("sessions_database", |server| {
        let mut browser = Browser::default();
        browser.ask(server, "POST /keep/a/1", "");
        let mut copy = browser.clone();
        let answer = browser.ask(server, "POST /inside", "");
        assert_eq!(answer.text(), r#"{"before":"1","rows":1}"#);
        assert_eq!(browser.cookie("sid"), None);
        assert_eq!(copy.data(server), json!({}));
    });
}

#[test]
fn a_token_is_of_its_session() {
    each_store(|server| {
        let token = |browser: &mut Browser| browser.ask(server, "GET /token", "").text();
        let post = |browser: &mut Browser, token: &str| {
            let header = format!("X-Csrf-Token: {token}\r\n");
            browser.try_ask(server, "POST /guarded", &header).status
        };
        // Of a cookie of its own, where there is no session.
        let mut ann = Browser::default();
        let first = token(&mut ann);
        assert!(ann.cookie("sid_csrf").is_some() && ann.cookie("sid").is_none());
        let second = token(&mut ann);
        assert_ne!(first, second);
        assert_eq!(
            (post(&mut ann, &first), post(&mut ann, &second)),
            (200, 200)
        );
        // A form works, too.
        let form = body(
            "application/x-www-form-urlencoded",
            &format!("csrf={first}"),
        );
        assert_eq!(ann.ask(server, "POST /guarded", &form).text(), "nobody");
        // It is no other client's, nor one's without the cookie.
        let mut eve = Browser::default();
        assert_eq!(post(&mut eve, &first), 403);
        let of_eve = token(&mut eve);
        assert_eq!(
            (post(&mut ann, &of_eve), post(&mut eve, &first)),
            (403, 403)
        );
        // A session has others: whoever could set the cookie before the login knows none of them.
        ann.ask(server, "POST /login?user=ann", "");
        assert_eq!(post(&mut ann, &first), 403);
        let of_session = token(&mut ann);
        assert_eq!(post(&mut ann, &of_session), 200);
        // And with a new name new ones again.
        ann.ask(server, "POST /login?user=ann", "");
        assert_eq!(post(&mut ann, &of_session), 403);
        // One byte more, one less, another one.
        let good = token(&mut ann);
        let other = if good.starts_with('A') { 'B' } else { 'A' };
        let bad = [
            good[1..].to_owned(),
            good[..good.len() - 1].to_owned(),
            format!("{good}A"),
            format!("{other}{}", &good[1..]),
        ];
        for bad in bad {
            assert_eq!(post(&mut ann, &bad), 403, "{bad}");
        }
    });
}

//! `rover.jwt.keys`: sets of keys that the program itself publishes.

use rover::LogLevel;
use rover_tests::programs::secrets_published;
use rover_tests::{Program, Response, Server};

const FORMS: [Program; 2] = [secrets_published::app, secrets_published::reference::app];

/// A program, and the one that it has its keys of.
struct Scene {
    server: Server,
    publisher: Server,
}

impl Scene {
    fn new(form: Program) -> Self {
        let publisher = Server::start(form().log_level(LogLevel::Off));
        let url = format!("http://{}/keys", publisher.address());
        let app = form()
            .log_level(LogLevel::Off)
            .environment([("KEYS_URL", url)]);
        Scene {
            server: Server::start(app),
            publisher,
        }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let answer: Response = self.server.get(path);
        (answer.status, answer.text())
    }

    fn post(&self, path: &str) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(self.publisher.send(request.as_bytes()).status, 204);
    }

    fn asked(&self) -> String {
        self.publisher.get("/asked").text()
    }
}

fn user() -> (u16, String) {
    (200, r#"{"user":"ann"}"#.to_owned())
}

#[test]
fn keys_are_asked_for_once_and_where_a_token_names_a_new_one() {
    for form in FORMS {
        let scene = Scene::new(form);
        scene.post("/publish/rsa");
        // All wait for one answer.
        assert_eq!(scene.get("/many").0, 200);
        assert_eq!(scene.asked(), "[1]");
        assert_eq!(scene.get("/me/RS256"), user());
        assert_eq!(scene.asked(), "[1]");
        // The server has got another key.
        scene.post("/publish/all");
        assert_eq!(scene.get("/me/ES256"), user());
        assert_eq!(scene.asked(), "[2]");
        // Neither secrets nor other algorithms count, and what names no key of the set asks at
        // most so often.
        let (status, said) = scene.get("/attacks");
        assert_eq!(status, 200);
        assert_eq!(
            said,
            r#"["the token's key is not known","the token has an algorithm that is not the key's"]"#
        );
        for _ in 0..20 {
            assert_eq!(scene.get("/me/EdDSA").0, 401);
        }
        assert_eq!(scene.asked(), "[5]");
        assert_eq!(scene.get("/me/RS256"), user());
        // A set that was made for one algorithm.
        assert_eq!(scene.get("/pss"), user());
    }
}

#[test]
fn a_set_that_cannot_be_had_is_no_fault_of_the_token() {
    for form in FORMS {
        let scene = Scene::new(form);
        scene.post("/fail/500");
        assert_eq!(scene.get("/me/RS256").0, 503);
        scene.post("/fail/200");
        scene.post("/publish/none");
        assert_eq!(scene.get("/me/RS256").0, 503);
        scene.post("/publish/rsa");
        assert_eq!(scene.get("/me/RS256"), user());
        // What was there counts on.
        scene.post("/fail/500");
        assert_eq!(scene.get("/me/ES256").0, 401);
        assert_eq!(scene.get("/me/RS256"), user());
    }
}

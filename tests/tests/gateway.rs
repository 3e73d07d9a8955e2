//! The example `gateway` between its clients and services of the test's own, which answer well, badly, or not at all.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Instant;

use rover_tests::{PATIENCE, Process, Response, unused_address};
use serde_json::{Value, json};

/// Longer than any test takes.
const LONG: &str = "10m";

/// What a service was asked.
struct Asked {
    /// `GET /7`
    what: String,
    body: String,
}

/// A service that answers each request as it is told to.
struct Service {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    fn start(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, told) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let (answer, told) = (Arc::clone(&answer), Arc::clone(&told));
                thread::spawn(move || {
                    let asked = read(&mut stream);
                    told.lock().expect("no test has failed").push(asked);
                    answer(stream);
                });
            }
        });
        Service { address, asked }
    }

    /// One that answers with a status and a text.
    fn says(status: u16, body: &'static str) -> Self {
        Self::start(move |stream| say(stream, status, body))
    }

    /// One that takes requests and never says anything.
    fn silent() -> Self {
        Self::start(|mut stream| wait_for_end(&mut stream))
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("no test has failed");
        asked.iter().map(|asked| asked.what.clone()).collect()
    }
}

fn read(stream: &mut TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_ascii_lowercase()),
        }
    }
    let length = |line: &String| line.strip_prefix("content-length: ")?.parse().ok();
    let mut body = vec![0; lines.iter().find_map(length).unwrap_or(0)];
    reader.read_exact(&mut body).expect("a body");
    let (what, _) = lines[0].rsplit_once(' ').expect("a version");
    Asked {
        what: what.to_owned(),
        body: String::from_utf8(body).expect("a text"),
    }
}

fn say(mut stream: TcpStream, status: u16, body: &str) {
    let length = body.len();
    // Who has asked may have gone away.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} So\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

fn wait_for_end(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
}

const PRODUCT: &str = r#"{"name":"Teapot"}"#;
const STOCK: &str = r#"{"pieces":12}"#;
const REVIEWS: &str = r#"[{"stars":5}]"#;

fn whole() -> Value {
    json!({ "product": { "name": "Teapot" }, "stock": { "pieces": 12 }, "reviews": [{ "stars": 5 }], "missing": [] })
}

fn gateway(
    catalogue: SocketAddr,
    stock: SocketAddr,
    reviews: SocketAddr,
    timeout: &str,
) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command.args(["--port", "0", "--workers", "1"]);
    let services = HashMap::from([
        ("CATALOGUE", catalogue),
        ("STOCK", stock),
        ("REVIEWS", reviews),
    ]);
    for (name, address) in services {
        let path = name.to_ascii_lowercase();
        command.env(format!("{name}_URL"), format!("http://{address}/{path}"));
    }
    command.envs([("SERVICE_TIMEOUT", timeout), ("CACHE_SECONDS", "100000")]);
    Process::start(&mut command)
}

fn product(gateway: &Process) -> (u16, Value) {
    told(&gateway.get("/products/7").expect("an answer"))
}

fn told(answer: &Response) -> (u16, Value) {
    let text = answer.text();
    let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{answer:?}"));
    (answer.status, value)
}

fn post(gateway: &Process, body: &str) -> (u16, Value) {
    let mut stream = gateway.connect();
    write!(
        stream,
        "POST /products/7/reviews HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("the gateway reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    told(&Response::parse(&answer))
}

/// Services that answer when all three have been asked.
fn together(body: &'static str, barrier: &Arc<Barrier>) -> Service {
    let barrier = Arc::clone(barrier);
    Service::start(move |stream| {
        barrier.wait();
        say(stream, 200, body);
    })
}

#[test]
fn all_three_are_asked_at_once_and_what_they_say_is_kept() {
    let barrier = Arc::new(Barrier::new(3));
    let [catalogue, stock, reviews] =
        [PRODUCT, STOCK, REVIEWS].map(|body| together(body, &barrier));
    let gateway = gateway(catalogue.address, stock.address, reviews.address, LONG);
    assert_eq!(product(&gateway), (200, whole()));
    assert_eq!(catalogue.asked(), ["get /catalogue/7"]);
    assert_eq!(stock.asked(), ["get /stock/7"]);
    assert_eq!(reviews.asked(), ["get /reviews/7"]);

    // The second time nobody is asked.
    assert_eq!(product(&gateway), (200, whole()));
    for service in [catalogue, stock, reviews] {
        assert_eq!(service.asked().len(), 1);
    }
}

#[test]
fn a_service_that_fails_leaves_its_part_out() {
    let catalogue = Service::says(200, PRODUCT);
    let stock = Service::says(200, STOCK);
    let nobody = unused_address();
    let failing = [
        Service::says(500, "{}"),
        Service::says(200, "<p>no JSON"),
        Service::start(drop),
        Service::start(|mut stream| drop(stream.write_all(b"nonsense\r\n\r\n"))),
    ];
    let addresses = failing.iter().map(|service| service.address);
    for address in addresses.chain([nobody]) {
        let gateway = gateway(catalogue.address, stock.address, address, LONG);
        let (status, answer) = product(&gateway);
        let expected = json!({ "product": { "name": "Teapot" }, "stock": { "pieces": 12 }, "missing": ["reviews"] });
        assert_eq!((status, &answer), (200, &expected));
    }
    // Both at once, in order.
    let gateway = gateway(catalogue.address, failing[0].address, nobody, LONG);
    let expected = json!({ "product": { "name": "Teapot" }, "missing": ["reviews", "stock"] });
    assert_eq!(product(&gateway), (200, expected));
}

#[test]
fn what_failed_is_asked_again_and_what_was_known_is_not() {
    let first = Mutex::new(true);
    let [catalogue, stock] =
        [(200, PRODUCT), (404, "{}")].map(|(status, body)| Service::says(status, body));
    let reviews = Service::start(move |stream| {
        let fails = std::mem::take(&mut *first.lock().expect("no test has failed"));
        say(stream, if fails { 503 } else { 200 }, REVIEWS);
    });
    let gateway = gateway(catalogue.address, stock.address, reviews.address, LONG);
    assert_eq!(product(&gateway).1["missing"], json!(["reviews"]));
    let expected =
        json!({ "product": { "name": "Teapot" }, "reviews": [{ "stars": 5 }], "missing": [] });
    assert_eq!(product(&gateway), (200, expected));
    assert_eq!(reviews.asked().len(), 2);
    assert_eq!((catalogue.asked().len(), stock.asked().len()), (1, 1));
}

#[test]
fn a_service_that_never_answers_is_waited_for_no_longer_than_its_time() {
    let (catalogue, silent) = (Service::says(200, PRODUCT), Service::silent());
    let stock = Service::says(200, STOCK);
    let gateway = gateway(catalogue.address, stock.address, silent.address, "500ms");
    // On a busy machine the others may take too long as well; what has come once is kept.
    let start = Instant::now();
    loop {
        let (status, answer) = product(&gateway);
        if status == 200 && answer["stock"] == json!({ "pieces": 12 }) {
            assert_eq!(answer["missing"], json!(["reviews"]));
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{status} {answer}");
    }
}

#[test]
fn without_the_product_there_is_no_answer() {
    let nobody = unused_address();
    let silent = Service::silent();
    let [missing, failing, senseless] = [(404, "{}"), (500, "{}"), (200, "nonsense")]
        .map(|(status, body)| Service::says(status, body));
    let fails = json!({ "error": "The catalogue does not answer" });
    // The others never answer, and nobody waits for them any more.
    for (catalogue, status, expected) in [
        (missing.address, 404, &json!({ "error": "No such product" })),
        (failing.address, 502, &fails),
        (senseless.address, 502, &fails),
        (nobody, 502, &fails),
    ] {
        let gateway = gateway(catalogue, silent.address, silent.address, LONG);
        assert_eq!(product(&gateway), (status, expected.clone()));
    }
    let gateway = gateway(silent.address, nobody, nobody, "100ms");
    assert_eq!(product(&gateway), (504, fails));
}

#[test]
fn a_review_is_passed_on_once() {
    let nobody = unused_address();
    let review = r#"{"stars":4,"text":"a \"good\" one"}"#;
    let reviews = Service::says(201, r#"{"reviews":2}"#);
    let working = gateway(nobody, nobody, reviews.address, LONG);
    assert_eq!(post(&working, review), (201, json!({ "reviews": 2 })));
    assert_eq!(reviews.asked(), ["post /reviews/7"]);
    let passed = reviews.asked.lock().expect("no test has failed")[0]
        .body
        .clone();
    let parsed = |text| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(parsed(&passed), parsed(review));

    // What is refused is told as it was said.
    let refusing = Service::says(422, r#"{"error":"four stars at most"}"#);
    let refused = gateway(nobody, nobody, refusing.address, LONG);
    assert_eq!(
        post(&refused, review),
        (422, json!({ "error": "four stars at most" }))
    );

    let closing = Service::start(drop);
    for service in [closing.address, nobody] {
        let failing = gateway(nobody, nobody, service, LONG);
        let expected = json!({ "error": "The reviews do not answer" });
        assert_eq!(post(&failing, review), (502, expected));
    }
    assert_eq!(closing.asked().len(), 1);
}

#[test]
fn who_goes_away_is_asked_for_no_longer() {
    let (asked, were_asked) = channel();
    let (ended, have_ended) = channel();
    let services = [(); 3].map(|()| {
        let (asked, ended) = (asked.clone(), ended.clone());
        Service::start(move |mut stream| {
            asked.send(()).expect("the test waits");
            wait_for_end(&mut stream);
            ended.send(()).expect("the test waits");
        })
    });
    let [catalogue, stock, reviews] = services.map(|service| service.address);
    let gateway = gateway(catalogue, stock, reviews, LONG);
    let mut client = gateway.connect();
    write!(client, "GET /products/7 HTTP/1.1\r\nHost: t\r\n\r\n").expect("the gateway reads");
    for _ in 0..3 {
        were_asked.recv_timeout(PATIENCE).expect("all are asked");
    }
    drop(client);
    for _ in 0..3 {
        have_ended
            .recv_timeout(PATIENCE)
            .expect("their connections are closed");
    }
    assert_eq!(gateway.get("/products/x").expect("an answer").status, 400);
}

//! Random numbers differ from start to start and from worker to worker.
#![allow(clippy::unwrap_used)]

use rover_tests::Server;
use rover_tests::client::{ask_for, in_time};
use rover_tests::programs::random;

#[test]
fn of_two_starts() {
    let first = || {
        let client = random::app().client().unwrap();
        client.get("/first").send().unwrap().text()
    };
    assert_ne!(first(), first());
}

#[test]
fn of_two_workers() {
    let server = Server::with_workers(random::app(), 2);
    let mut open = Vec::new();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    in_time(|| {
        // A new connection goes to the worker that has the fewest.
        let mut stream = server.connect();
        let answer = ask_for(&mut stream, "/first").unwrap();
        open.push(stream);
        if !seen.contains(&answer.body) {
            seen.push(answer.body);
        }
        (seen.len() == 2).then_some(())
    });
}

//! The comparison's route with two parameters, without and with a hook that checks a token.

use serde_json::{Value, json};

use rover_benches::Failure;
use rover_benches::process::Server;
use rover_benches::wrk::cost;

use crate::Effort;
use crate::rivals::{bun, request, rover};

const CLIENTS: u32 = 64;
const OPEN: &str = "/open/users/42/posts/2026-11?limit=20";
const SECURED: &str = "/secured/users/42/posts/2026-11?limit=20";
const TRACE: &str = "x-trace: a1b2c3d4";

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let token = token()?;
    let authorization = format!("authorization: Bearer {token}");
    let forged = format!("authorization: Bearer {token}x");
    println!("server  route    user us  system us  requests/s");
    for _ in 0..effort.rounds {
        for name in ["Rover", "Bun"] {
            let server = match name {
                "Rover" => rover("backend_rover", ("0", 1), &[], OPEN)?,
                _ => bun(None, OPEN)?,
            };
            let refused = server.ask(&request(SECURED, &[TRACE, &forged]))?;
            if refused.0 != 401 {
                return Err(format!("{name} answers a forged token with {}", refused.0).into());
            }
            let headers = [TRACE, &authorization];
            for (path, title) in [(OPEN, "open"), (SECURED, "secured")] {
                check(name, &server, &request(path, &headers))?;
                let cost = cost(&server, (path, &headers), CLIENTS, effort.seconds)?;
                println!("{name:6}  {title:7}  {cost}");
            }
        }
    }
    Ok(())
}

fn check(name: &str, server: &Server, request: &str) -> Result<(), Failure> {
    let (status, body) = server.ask(request)?;
    let answer: Value = serde_json::from_slice(&body)?;
    let right = json!({ "user": "42", "post": "2026-11", "limit": "20", "trace": "a1b2c3d4" });
    match (status, answer == right) {
        (200, true) => Ok(()),
        _ => Err(format!("{name} answers {status} {answer}").into()),
    }
}

/// Signed by Rover, with the secret that both have.
fn token() -> Result<String, Failure> {
    let server = rover("backend_rover", ("0", 1), &[], "/token")?;
    let (_, body) = server.ask(&request("/token", &[]))?;
    let answer: Value = serde_json::from_slice(&body)?;
    let token = answer["token"].as_str().ok_or("no token was given")?;
    Ok(token.to_owned())
}

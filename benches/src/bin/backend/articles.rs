//! The first page of 1,000 articles of RealWorld, from SQLite.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use rover_benches::Failure;
use rover_benches::process::Server;
use rover_benches::wrk::cost;

use crate::Effort;
use rover_benches::bun::folder;

use crate::rivals::{bun, request, rover};

const PATH: &str = "/api/articles";
const CLIENTS: u32 = 64;

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let file = database()?;
    // It makes the tables.
    drop(conduit(&file)?);
    fill(&file)?;
    println!("server  user us  system us  requests/s");
    let mut first = None;
    for _ in 0..effort.rounds {
        for name in ["Rover", "Bun"] {
            let server = match name {
                "Rover" => conduit(&file)?,
                _ => bun(Some(&file), PATH)?,
            };
            let (status, body) = server.ask(&request(PATH, &[]))?;
            let answer: Value = serde_json::from_slice(&body)?;
            if status != 200 || *first.get_or_insert(answer.clone()) != answer {
                return Err(format!("{name} answers {status} {answer}").into());
            }
            println!(
                "{name:6}  {}",
                cost(&server, (PATH, &[]), CLIENTS, effort.seconds)?
            );
        }
    }
    Ok(())
}

/// A file that is not there yet.
pub(crate) fn database() -> Result<PathBuf, Failure> {
    let file = folder()?.join("conduit.db");
    for end in ["", "-wal", "-shm"] {
        let path = format!("{}{end}", file.display());
        if Path::new(&path).exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(file)
}

fn conduit(file: &Path) -> Result<Server, Failure> {
    rover("conduit_rover", ("0", 1), &variables(file), PATH)
}

/// What the example takes from the environment.
pub(crate) fn variables(file: &Path) -> Vec<String> {
    vec![
        format!("DATABASE_URL=sqlite:{}", file.display()),
        "JWT_SECRET=a secret that is only for this bench".to_owned(),
    ]
}

/// Ten authors, a thousand articles of three tags each, and who likes them.
fn fill(file: &Path) -> Result<(), Failure> {
    let mut connection = Connection::open(file)?;
    let all = connection.transaction()?;
    for user in 1..=10 {
        all.execute(
            "insert into users (id, username, email, password, bio) values (?1, ?2, ?3, '', ?4)",
            (
                user,
                format!("user{user}"),
                format!("user{user}@example.com"),
                "Writes about servers.",
            ),
        )?;
    }
    for id in 1..=1000 {
        let tags = [id % 7, id % 11 + 7, id % 13 + 18].map(|tag| format!("tag{tag}"));
        all.execute(
            "insert into articles (id, slug, title, description, body, tags, author_id) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                id,
                format!("how-to-write-{id}"),
                format!("How to write {id}"),
                "Ever wonder how?",
                "It takes a while. ".repeat(100),
                serde_json::to_string(&tags)?,
                id % 10 + 1,
            ),
        )?;
        for tag in &tags {
            all.execute(
                "insert into article_tags (tag, article_id) values (?1, ?2)",
                (tag, id),
            )?;
        }
        for user in (1..=10).filter(|user| (id + user) % 3 == 0) {
            all.execute(
                "insert into favorites (article_id, user_id) values (?1, ?2)",
                (id, user),
            )?;
        }
    }
    all.commit()?;
    Ok(())
}

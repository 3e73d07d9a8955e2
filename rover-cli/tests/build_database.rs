//! `ROVER_BUILD_DATABASE`: the PostgreSQL that statements are prepared by in the build. `.ci/postgres` starts one;
//! without it the tests that need it are ignored.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use common::{Folder, Said};
use serde_json::Value;

/// A database of a test's own.
struct Base(&'static str);

impl Base {
    fn new(name: &'static str) -> Self {
        psql("postgres", &format!("drop database if exists {name}"));
        psql("postgres", &format!("create database {name}"));
        Base(name)
    }

    fn url(&self) -> String {
        let url = std::env::var("ROVER_TEST_POSTGRES").expect("run .ci/postgres");
        let (server, _) = url.rsplit_once('/').unwrap();
        format!("{server}/{}", self.0)
    }

    fn rover(&self, folder: &Folder, arguments: &[&str]) -> Said {
        let mut command = folder.command(arguments);
        Said::from(
            command
                .env("ROVER_BUILD_DATABASE", self.url())
                .output()
                .unwrap(),
        )
    }
}

fn psql(database: &str, text: &str) -> String {
    let mut command = Command::new("psql");
    let output = command
        .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", text])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

const BOOKS: &str = "create type state as enum ('new', 'sold');\n\
    create table books (id bigint generated always as identity primary key, title text not null, state state, price numeric(8, 2));\n";

#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn statements_are_prepared_by_the_server() {
    let base = Base::new("build_statements");
    let folder = Folder::with(
        "build_statements",
        r#"local db = rover.db("postgres://elsewhere/shop", { migrations = "migrations" })
local api = rover.server {}
function api.wrong.get()
  db:all "select titel from books"
  db:all "select no_such_function(id) from books"
  db:all [[
    select id from books
    where title = id
  ]]
  db:all("select id from books where price > $1 and title like $2", true, 7)
  db:all("select id from books where year = $1", "x")
  db:exec("update books set state = :state", { state = "lost" })
  return {}
end
return api
"#,
    );
    // One file is applied already, another is not.
    folder.write("migrations/0001_books.sql", BOOKS);
    folder.write(
        "migrations/0002_year.sql",
        "alter table books add column year int;\n",
    );
    psql(base.0, BOOKS);
    psql(
        base.0,
        "create table _rover_migrations (number bigint primary key, name text, checksum text, applied_at timestamptz); \
                  insert into _rover_migrations values (1, '0001_books.sql', '', now())",
    );
    let said = base.rover(&folder, &["check"]);
    assert_eq!(said.code, 1);
    let expected = r#"error[R1005]: the table `books` has no column `titel`
 --> routes.lua:4:18
  |
4 |   db:all "select titel from books"
  |                  ^^^^^ not one of its columns
  |
  = help: did you mean `title`?

error[R1008]: PostgreSQL refuses this SQL: function no_such_function(bigint) does not exist (No function matches the given name and argument types. You might need to add explicit type casts)
 --> routes.lua:5:18
  |
5 |   db:all "select no_such_function(id) from books"
  |                  ^^^^^^^^^^^^^^^^ here

error[R1008]: PostgreSQL refuses this SQL: operator does not exist: text = bigint (No operator matches the given name and argument types. You might need to add explicit type casts)
 --> routes.lua:8:17
  |
8 |     where title = id
  |                 ^ here

error[R1006]: `$1` is of the type numeric, which does not take a boolean
  --> routes.lua:10:69
   |
10 |   db:all("select id from books where price > $1 and title like $2", true, 7)
   |                                                                     ^^^^ this value

error[R1006]: `$1` is of the type integer, which does not take a text that is no whole number
"#;
    assert!(said.err.starts_with(expected), "{}", said.err);
    let state = "`:state` is of the type state, which does not take `lost`: it is one of new, sold";
    assert!(said.err.contains(state), "{}", said.err);
    // Nothing is written.
    assert_eq!(
        psql(
            base.0,
            "select count(*) from pg_attribute where attname = 'year'"
        ),
        "0"
    );
    assert_eq!(psql(base.0, "select count(*) from _rover_migrations"), "1");
}

#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn the_document_has_the_types_that_the_server_tells() {
    let base = Base::new("build_types");
    let folder = Folder::with(
        "build_types",
        r#"local db = rover.db("postgres://elsewhere/shop", { migrations = "migrations" })
local api = rover.server {}
function api.rows.get()
  return db:all "select b.id, state, array_length(array[1, 2], 1) as long, sum(id) over () as total, title ~ 'a' as is_a from books b"
end
return api
"#,
    );
    folder.write("migrations/0001_books.sql", BOOKS);
    let said = base.rover(&folder, &["openapi"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let row = &document["paths"]["/rows"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"]["items"];
    let fields = &row["properties"];
    assert_eq!(fields["id"]["type"], "integer");
    let told = row.to_string();
    for part in [
        r#""enum":["new","sold"]"#,
        r#""is_a""#,
        r#""boolean""#,
        r#""long""#,
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// Every statement that the compiler's own tests call right is one to the server.
#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn what_the_compiler_takes_the_server_takes() {
    let base = Base::new("build_right");
    psql(
        base.0,
        "create schema other; create table other.place (thing int)",
    );
    let folder = Folder::new("build_right");
    let program = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rover-build/tests/sql/postgres/routes.lua"
    );
    let said = base.rover(&folder, &["check", program]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        psql(
            base.0,
            "select count(*) from pg_class where relname = 'books'"
        ),
        "0"
    );
}

#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn a_migration_that_the_server_refuses_is_told() {
    let base = Base::new("build_migration");
    let folder = Folder::with(
        "build_migration",
        "local db = rover.db(\"postgres://elsewhere/shop\", { migrations = \"migrations\" })\nlocal api = rover.server {}\nreturn api\n",
    );
    folder.write(
        "migrations/0001_books.sql",
        "create table books (id bigint);\ncreate index on books (no_such(id));\n",
    );
    let said = base.rover(&folder, &["check"]);
    assert_eq!(said.code, 1);
    let told =
        "error[R1003]: PostgreSQL refuses the migration: function no_such(bigint) does not exist";
    assert!(said.err.starts_with(told), "{}", said.err);
    assert!(
        said.err.contains("--> migrations/0001_books.sql:2:24"),
        "{}",
        said.err
    );
}

const PLAIN: &str = "local db = rover.db \"postgres://elsewhere/shop\"\nlocal api = rover.server {}\n\
                     function api.a.get() return db:all \"select 1\" end\nreturn api\n";

#[test]
fn a_server_that_is_not_there_is_one_error() {
    let folder = Folder::with("build_absent", PLAIN);
    let said = |address: &str| {
        let mut command = folder.command(&["check"]);
        Said::from(
            command
                .env("ROVER_BUILD_DATABASE", address)
                .output()
                .unwrap(),
        )
    };
    let absent = said("postgres://u:hunter2@127.0.0.1:1/shop");
    assert_eq!(absent.code, 1);
    let message = "error[R1010]: `ROVER_BUILD_DATABASE` cannot be asked: 127.0.0.1:1: ";
    assert!(absent.err.starts_with(message), "{}", absent.err);
    assert!(!absent.err.contains("hunter2"), "{}", absent.err);
    assert_eq!(absent.err.matches("error").count(), 2, "{}", absent.err);
    let other = said("mysql://localhost/shop").err;
    assert!(other.contains("it is no address of PostgreSQL"), "{other}");
    assert_eq!(said("").code, 0);
}

#[test]
fn the_file_of_variables_names_the_server_too() {
    let folder = Folder::with("build_dotenv", PLAIN);
    let absent = "ROVER_BUILD_DATABASE=postgres://u:hunter2@127.0.0.1:1/shop\n";
    folder.write(".env", &format!("SECRET=a\n{absent}"));
    let said = folder.rover(&["check"]);
    assert_eq!(said.code, 1);
    let message = "error[R1010]: `ROVER_BUILD_DATABASE` of `.env` cannot be asked: 127.0.0.1:1: ";
    assert!(said.err.starts_with(message), "{}", said.err);
    assert!(
        said.err
            .contains("`ROVER_BUILD_DATABASE=` in the environment"),
        "{}",
        said.err
    );
    // The environment counts more.
    let mut command = folder.command(&["check"]);
    let without = Said::from(command.env("ROVER_BUILD_DATABASE", "").output().unwrap());
    assert_eq!(without.code, 0, "{}", without.err);
    // A line that is none matters only where the variable is in the file; it is not shown.
    folder.write(".env", &format!("KEY = hunter 3 'x\n{absent}"));
    let broken = folder.rover(&["check"]).err;
    assert!(broken.contains(".env, line 1: this is no"), "{broken}");
    assert!(!broken.contains("hunter"), "{broken}");
    folder.write(".env", "KEY = hunter 3 'x\n");
    assert_eq!(folder.rover(&["check"]).code, 0);
    // Nobody asks it for SQLite.
    folder.write(".env", absent);
    folder.write(
        "routes.lua",
        &PLAIN.replace("postgres://elsewhere/shop", "sqlite::memory:"),
    );
    let other = folder.rover(&["check"]);
    assert_eq!(other.code, 0, "{}", other.err);
}

#[test]
fn a_server_without_tls_is_refused_where_it_must_have_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"N").unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        rest
    });
    let folder = Folder::with("build_without_tls", PLAIN);
    folder.write(
        ".env",
        &format!("ROVER_BUILD_DATABASE=postgres://u:p@{address}/shop?sslmode=require\n"),
    );
    let said = folder.rover(&["check"]).err;
    assert!(said.contains("the server has no TLS"), "{said}");
    assert!(server.join().unwrap().is_empty(), "nothing more is sent");
}

#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn the_server_is_asked_by_tls() {
    let base = Base::new("build_tls");
    let folder = Folder::with(
        "build_tls",
        &PLAIN.replace(
            "rover.db \"postgres://elsewhere/shop\"",
            "rover.db(\"postgres://elsewhere/shop\", { migrations = \"migrations\" })",
        ),
    );
    // It fails where the connection is not encrypted.
    folder.write(
        "migrations/0001_tls.sql",
        "do $$ begin if not (select ssl from pg_stat_ssl where pid = pg_backend_pid()) then raise 'it is plain'; end if; end $$;\n",
    );
    let authority = std::env::var("ROVER_TEST_POSTGRES_AUTHORITY").expect("run .ci/postgres");
    let said = |host: &str, mode: &str| {
        let address = base.url().replace("127.0.0.1", host);
        let address = format!("{address}?{mode}");
        let mut command = folder.command(&["check"]);
        Said::from(
            command
                .env("ROVER_BUILD_DATABASE", address)
                .output()
                .unwrap(),
        )
    };
    let believed = format!("sslmode=verify-full&sslrootcert={authority}");
    let encrypted = said("localhost", &believed);
    assert_eq!(encrypted.code, 0, "{}", encrypted.err);
    // To this machine it is not, where nothing is said.
    assert!(said("localhost", "").err.contains("it is plain"));
    let unknown = said("localhost", "sslmode=require").err;
    assert!(
        unknown.contains("invalid peer certificate: UnknownIssuer"),
        "{unknown}"
    );
    let other = said("127.0.0.1", &believed).err;
    assert!(other.contains("not valid for name"), "{other}");
}

/// What is told of rows by the migrations' text, is told by the server as well.
#[test]
#[ignore = "it needs a PostgreSQL, .ci/postgres starts one"]
fn rows_are_checked_by_what_the_server_has() {
    let base = Base::new("build_rows");
    let folder = Folder::new("build_rows");
    let errors = concat!(env!("CARGO_MANIFEST_DIR"), "/../rover-build/tests/errors");
    let program = format!("{errors}/sql_postgres_rows.lua");
    let by_server = base.rover(&folder, &["check", &program]);
    let by_text = folder.rover(&["check", &program]);
    assert_eq!(by_text.code, 1, "{}", by_text.err);
    assert_eq!(by_server.err, by_text.err);
}

//! `rover build`. One test runs cargo: it builds into the folder that this test was built in,
//! where Rover and its dependencies are, so that it takes seconds, not minutes.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Folder, Said};

const HELLO: &str = r#"local api = rover.server {}
function api.hello.p_name.get(ctx) return { message = ctx:params().name } end
return api
"#;

/// It needs a feature of the crate `rover`.
const COUNTED: &str = r#"local api = rover.server {}
local db = rover.db "sqlite::memory:"
function api.hello.p_name.get(ctx) return { message = ctx:params().name, one = db:value "select 1" } end
return api
"#;

#[test]
fn one_file_of_a_lone_lua_file() {
    let folder = Folder::new("build_lone");
    folder.write("hello.lua", COUNTED);
    let mut command = folder.command(&["build", "hello.lua", "--debug", "-o", "out"]);
    // As the workspace is built.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    command
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("ROVER_CACHE", folder.0.join("cache"));
    let said = Said::from(command.output().unwrap());
    let log = folder.0.join("cache/programs");
    assert_eq!(
        said.code,
        0,
        "{}{}, see {}",
        said.out,
        said.err,
        log.display()
    );
    assert!(said.out.starts_with("out: "), "{}", said.out);
    let routes = Command::new(folder.0.join("out"))
        .arg("--routes")
        .output()
        .unwrap();
    let routes = String::from_utf8(routes.stdout).unwrap();
    assert_eq!(routes, "GET     /hello/{name}  hello.lua:3\n");
    let version = Command::new(folder.0.join("out"))
        .arg("--version")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(version.stdout).unwrap(), "hello 0.1.0\n");
}

/// What the program does not say, its crate does not have: it is smaller, and built sooner.
#[test]
fn the_crate_has_the_features_of_the_program() {
    let features = |name: &str, options: &str, statements: &str| {
        let folder = Folder::new(name);
        let manifest = format!("local api = rover.server {options}\n{statements}\nreturn api\n");
        folder.write("hello.lua", &manifest);
        let mut command = folder.command(&["build", "hello.lua"]);
        command
            .env("ROVER_CACHE", folder.0.join("cache"))
            .env("CARGO_BUILD_TARGET", "no-such-machine");
        assert_eq!(Said::from(command.output().unwrap()).code, 1);
        let mut crates = fs::read_dir(folder.0.join("cache/programs")).unwrap();
        let crate_folder = crates.next().unwrap().unwrap().path();
        let manifest = fs::read_to_string(crate_folder.join("Cargo.toml")).unwrap();
        let line = manifest.lines().find(|line| line.starts_with("rover = "));
        let (_, features) = line.unwrap().split_once('"').unwrap();
        let (_, features) = features.split_once('"').unwrap();
        features.to_owned()
    };
    assert_eq!(features("build_plain", "{}", ""), " }");
    let all = "local env = rover.env { URL = rover.guard:string():default(\"sqlite:a.db\") }\n\
               local db, kv = rover.db(env.URL), rover.redis \"redis://127.0.0.1\"\n\
               function api.get() return rover.http.get(\"http://127.0.0.1/\").text end\n\
               function api.id.get() return rover.crypto.uuid() end";
    assert_eq!(
        features("build_all", "{}", all),
        r#", features = ["client", "crypto", "postgres", "redis", "sqlite"] }"#
    );
    let sessions = "{ sessions = { secret = (\"x\"):rep(32) } }";
    let reads = "function api.get(ctx) return { name = ctx:session().name } end";
    assert_eq!(
        features("build_sessions", sessions, reads),
        r#", features = ["crypto"] }"#
    );
}

/// What `rover build` says where no program is found.
fn build_without_cargo(folder: &Folder) -> Said {
    let mut command = folder.command(&["build", "hello.lua"]);
    command
        .env("PATH", "")
        .env("ROVER_CACHE", folder.0.join("cache"));
    Said::from(command.output().expect("rover runs"))
}

/// The Lua is looked at first: cargo is not even asked.
#[test]
fn mistakes_are_those_of_the_lua_files() {
    let folder = Folder::new("build_wrong");
    folder.write("hello.lua", &HELLO.replace(".name }", ".nmae }"));
    let said = build_without_cargo(&folder);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--> hello.lua:2"), "{}", said.err);
    assert!(!folder.0.join("cache").exists());
}

#[test]
fn without_cargo_one_sentence_says_so() {
    let folder = Folder::new("build_no_cargo");
    folder.write("hello.lua", HELLO);
    let said = build_without_cargo(&folder);
    assert_eq!(said.code, 1);
    assert!(
        said.err.starts_with("error: there is no cargo"),
        "{}",
        said.err
    );
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

/// Where cargo fails it is not the program's mistake: one sentence, and where the rest is.
#[test]
fn what_cargo_says_is_in_a_log() {
    let folder = Folder::new("build_fails");
    folder.write("hello.lua", HELLO);
    let mut command = folder.command(&["build", "hello.lua"]);
    command
        .env("ROVER_CACHE", folder.0.join("cache"))
        .env("CARGO_BUILD_TARGET", "no-such-machine");
    let said = Said::from(command.output().unwrap());
    assert_eq!(said.code, 1);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    let (_, log) = said.err.trim_end().rsplit_once(" is in ").unwrap();
    assert!(
        fs::read_to_string(log).unwrap().contains("no-such-machine"),
        "{log}"
    );
    assert!(!folder.0.join("hello").exists());
}

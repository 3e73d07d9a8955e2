//! Each command as a process: what a user sees.

mod common;

use std::io::Read;
use std::process::Stdio;

use common::Folder;
use serde_json::{Value, json};

const SHOP: &str = r#"local api = rover.server { title = "Shop" }

--- One user.
function api.users.p_id.get(ctx)
  return { id = ctx:params().id, page = ctx:query().page }
end

function api.health.get() return { ok = true } end

return api
"#;

/// A misspelt parameter, and a global that nothing declares.
const WRONG: &str = r#"local api = rover.server {}
function api.users.p_id.get(ctx)
  last = 1
  return { id = ctx:params().idd }
end
return api
"#;

#[test]
fn check_tells_how_much_is_right() {
    let folder = Folder::with("check_right", SHOP);
    assert_eq!(
        folder.rover(&["check"]).done(),
        "2 routes in 1 file, no mistakes\n"
    );
    folder.write("lone.lua", "local api = rover.server {}\nreturn api\n");
    let lone = folder.rover(&["check", "lone.lua"]).done();
    assert_eq!(lone, "0 routes in 1 file, no mistakes\n");
}

#[test]
fn check_tells_mistakes_and_warnings_at_once() {
    let folder = Folder::with("check_wrong", WRONG);
    let said = folder.rover(&["check"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("error[R"), "{}", said.err);
    assert!(said.err.contains("--> routes.lua:4:30"), "{}", said.err);
    assert!(said.err.contains("^^^"), "{}", said.err);
    assert!(
        said.err
            .contains("]: `last` is a global that nothing declares"),
        "{}",
        said.err
    );
    assert!(
        !said.err.contains('\u{1b}'),
        "colours in a file: {}",
        said.err
    );
}

#[test]
fn check_has_json_for_editors() {
    let folder = Folder::with("check_json", WRONG);
    let said = folder.rover(&["check", "--json"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let all: Value = serde_json::from_str(&said.out).unwrap();
    let [error, warning] = all.as_array().unwrap().as_slice() else {
        panic!("{all:#}");
    };
    let place = |value: &Value| {
        let names = ["file", "line", "column", "end_line", "end_column"];
        names.map(|name| value[name].clone())
    };
    assert_eq!(error["severity"], "error");
    let code = error["code"].as_str().unwrap();
    let page = folder.rover(&["check", "--explain", code]).done();
    assert!(page.contains(code), "{page}");
    assert_eq!(
        place(error),
        [
            json!("routes.lua"),
            json!(4),
            json!(30),
            json!(4),
            json!(33)
        ]
    );
    assert_eq!(place(&error["labels"][0]), place(error));
    assert!(error["help"].is_string(), "{error:#}");
    assert_eq!(warning["severity"], "warning");
    assert_eq!(
        place(warning),
        [json!("routes.lua"), json!(3), json!(3), json!(3), json!(7)]
    );
    let right = Folder::with("check_json_right", SHOP);
    assert_eq!(right.rover(&["check", "--json"]).done(), "[]\n");
}

#[test]
fn colours_are_for_those_who_see_them() {
    let folder = Folder::with("colours", WRONG);
    let mut forced = folder.command(&["check"]);
    let forced = forced.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stderr.contains(&0x1b));
    let mut refused = folder.command(&["check"]);
    let refused = refused.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert!(!refused.output().unwrap().stderr.contains(&0x1b));
}

#[test]
fn codes_of_the_end() {
    let folder = Folder::with("codes", SHOP);
    let code = |arguments: &[&str]| folder.rover(arguments).code;
    assert_eq!(code(&["--help"]), 0);
    assert_eq!(code(&["check", "nowhere.lua"]), 2);
    assert_eq!(code(&["chekc"]), 2);
    assert_eq!(code(&["check", "--jsno"]), 2);
    let said = folder.rover(&["check", "nowhere.lua"]);
    assert!(
        said.err.contains("there is no file `nowhere.lua`"),
        "{}",
        said.err
    );
    assert!(
        folder
            .rover(&["check", "--help"])
            .done()
            .contains("Examples:")
    );
}

#[test]
fn routes_are_listed() {
    let folder = Folder::with("routes", SHOP);
    assert_eq!(
        folder.rover(&["routes"]).done(),
        "GET     /users/{id}  routes.lua:4\nGET     /health      routes.lua:8\n"
    );
    let all: Value = serde_json::from_str(&folder.rover(&["routes", "--json"]).done()).unwrap();
    assert_eq!(all[0]["path"], "/users/{id}");
    assert_eq!(all[0]["method"], "GET");
    assert_eq!(all[0]["summary"], "One user.");
    assert_eq!(
        (&all[1]["file"], &all[1]["line"]),
        (&json!("routes.lua"), &json!(8))
    );
}

/// More is printed than a pipe holds, and the reader is gone after the first byte.
#[cfg(unix)]
#[test]
fn a_reader_may_go_away() {
    let mut manifest = "local api = rover.server {}\n".to_owned();
    for number in 0..2000 {
        manifest += &format!("function api.a_long_name_of_a_path.r{number}.get() return 1 end\n");
    }
    let folder = Folder::with("pipe", &(manifest + "return api\n"));
    let mut command = folder.command(&["routes"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    drop(out);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn openapi_is_the_document_of_the_program() {
    let folder = Folder::with("openapi", SHOP);
    let document: Value = serde_json::from_str(&folder.rover(&["openapi"]).done()).unwrap();
    assert_eq!(document["info"]["title"], "Shop");
    assert_eq!(
        document["paths"]["/users/{id}"]["get"]["summary"],
        "One user."
    );
    folder.write("routes.lua", "return rover.server { docs = false }");
    let said = folder.rover(&["openapi"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("its option `docs` is false"),
        "{}",
        said.err
    );
}

#[test]
fn expand_prints_rust_and_lua() {
    let folder = Folder::with("expand", SHOP);
    let rust = folder.rover(&["expand"]).done();
    assert!(
        rust.contains("\npub fn app() -> ::rover::App {\n"),
        "{rust}"
    );
    let lua = folder.rover(&["expand", "--lua"]).done();
    assert!(lua.starts_with("---- routes.lua\n"), "{lua}");
    assert!(lua.contains("__rover.reply("), "{lua}");
    let reference = folder
        .rover(&["expand", "--lua", "--form", "reference"])
        .done();
    assert!(reference.contains("id = ctx:params().id"), "{reference}");
}

#[test]
fn completions_are_for_shells() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.rover(&["completions", shell]).done();
        for command in ["explain", "openapi", "completions"] {
            assert!(script.contains(command), "{shell}");
        }
    }
    assert_eq!(folder.rover(&["completions", "cobol"]).code, 2);
}

/// A command that the page does not tell of, nobody finds.
#[test]
fn the_page_has_every_command() {
    let page = include_str!("../../docs/cli.md");
    let help = Folder::new("page").rover(&["--help"]).done();
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 5, "{help}");
    for name in names {
        assert!(page.contains(&format!("`rover {name} ")), "{name}");
    }
}

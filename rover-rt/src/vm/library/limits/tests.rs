use mlua::{Function, Lua, LuaOptions, LuaString, StdLib, Table};

use rustix::time::{ClockId, clock_gettime};

use crate::vm::library::limits::formatted_length;
use crate::vm::start::testing::{ask, told, vm};

#[test]
fn formats_are_measured() {
    for (format, texts, length) in [
        ("", &[][..], 0),
        ("abc", &[], 3),
        ("100%%", &[], 4),
        ("%s, %s!", &[10, 20], 33),
        ("%d%s", &[100, 5], 5),
        ("%-20.3s|%.s|%5s", &[100, 100, 7], 12),
        ("%q", &[9], 9),
        ("%s%", &[3], 3),
        ("%5.", &[3], 2),
    ] {
        let mut texts = texts.iter().copied();
        let measured = formatted_length(format.as_bytes(), || texts.next().unwrap_or(0));
        assert_eq!(measured, length, "{format}");
    }
}

const CALLS: &str = include_str!("calls.lua");

/// Makes one call after the other, each in a request of its own.
const PROGRAM: &str = r#"
local api = rover.server {}
local calls = require "calls"
local made = 0
local function call()
  made = made + 1
  return calls.make(made)
end
function api.call.get() return call() end
function api.endless.get() return call() end
function api.made.get() return made end
return api
"#;

/// LuaJIT without our library.
fn plain() -> (Lua, Table) {
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new()).expect("a VM");
    let calls = lua.load(CALLS).set_name("=calls.lua").call(());
    (lua, calls.expect("it loads"))
}

/// Every function of the library, with values that it does not expect in one argument after the
/// other: each call ends, costs the VM nothing, and gives what LuaJIT's own gives.
#[test]
fn what_the_library_is_given_costs_one_call() {
    let routes = [("call", 10_000), ("endless", 50), ("made", 0)];
    let vm = vm(PROGRAM, &[("calls", CALLS)], &routes, 64 << 20);
    let (_lua, plain) = plain();
    let count: usize = plain.get("count").expect("a number");
    let make: Function = plain.get("make").expect("a function");
    let about: Function = plain.get("about").expect("a function");
    let (mut compared, mut stopped, mut longest, mut wrong) = (0, 0, 0, Vec::new());
    for at in 1..=count {
        let (what, own, endless): (String, bool, bool) = about.call(at).expect("it raises nothing");
        if std::env::var_os("ROVER_LIBRARY_SHOW").is_some() {
            eprintln!("{what}");
        }
        let before = clock_gettime(ClockId::ThreadCPUTime);
        let (status, answer) = told(&ask(&vm, u16::from(endless)));
        let took = clock_gettime(ClockId::ThreadCPUTime) - before;
        longest = longest.max(took.tv_sec * 1000 + took.tv_nsec / 1_000_000);
        assert!(!vm.is_spent(), "the VM is replaced after {what}");
        // A call is made by `pcall`, which gets both.
        let late = ["handler's deadline", "not enough memory"];
        let late = status != 200 || late.iter().any(|late| answer.contains(late));
        stopped += usize::from(late);
        if late && !endless {
            wrong.push(format!("{what}: {status} {answer}"));
        } else if !own && !endless {
            compared += 1;
            let theirs: LuaString = make.call(at).expect("it raises nothing");
            // Where the runtime's Lua is called first, an argument that is not there is nil.
            let theirs = theirs.to_string_lossy().replace("got no value", "got nil");
            if answer.replace("got no value", "got nil") != theirs {
                wrong.push(format!("{what}: {answer}\n    LuaJIT: {theirs}"));
            }
        }
    }
    let values: usize = plain.get("values").expect("a number");
    let functions: usize = plain.get("functions").expect("a number");
    println!(
        "{functions} functions, {values} values: {count} calls, {compared} compared, {stopped} stopped, the longest took {longest} ms"
    );
    assert!(longest < 2000, "one took {longest} ms");
    assert_eq!(
        told(&ask(&vm, 2)).1,
        count.to_string(),
        "the VM was replaced"
    );
    assert!(functions > 100 && values > 27 && compared > 5000);
    let shown = wrong.len().min(100);
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong[..shown].join("\n")
    );
}

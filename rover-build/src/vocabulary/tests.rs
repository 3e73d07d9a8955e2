use rover_model::guard::{KINDS, OPTIONS as GUARD_OPTIONS};
use rover_model::{CHAINS, HOOKS, Limits, Method, OptionValue, ServerOptions, SetError};

use super::*;

#[test]
fn the_files_are_read_without_fault() {
    assert_eq!(faults(), [""; 0]);
}

#[test]
fn the_files_are_lua() {
    for (file, text) in VOCABULARY {
        let lua = full_moon::parse_fallible(text, full_moon::LuaVersion::lua51());
        let errors: Vec<String> = lua.errors().iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{file}: {errors:?}");
    }
}

#[test]
fn a_word_has_one_row() {
    for (at, word) in words().iter().enumerate() {
        let same = |other: &&Word| (other.owner, other.name) == (word.owner, word.name);
        let other = words()[..at].iter().find(same);
        // Calls have no name; a middleware is what is missing now and planned for later.
        let both = word.kind == Kind::Call;
        assert!(other.is_none() || both, "{}.{}", word.owner, word.name);
    }
}

/// What the types of the files name.
#[test]
fn every_class_is_declared() {
    let classes: Vec<&str> = words()
        .iter()
        .filter(|word| word.kind == Kind::Class)
        .map(|word| word.name)
        .collect();
    let types = words().iter().flat_map(|word| {
        let parameters = word.parameters.iter().map(|p| p.of_type);
        let results = word.results.iter().map(|r| r.of_type);
        parameters.chain(results).chain([word.of_type])
    });
    for text in types {
        let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        for name in names.filter(|name| name.starts_with("rover.")) {
            assert!(classes.contains(&name), "{name} of {text}");
        }
    }
}

#[test]
fn implementations_know_the_same_names() {
    let methods: Vec<&str> = Method::ALL.iter().map(|method| method.key()).collect();
    let of_path = members(NODE).iter().filter(|name| {
        let word = word(NODE, name);
        word.is_some_and(|word| word.tag("setting").is_none())
    });
    let keys = methods.into_iter().chain(CHAINS);
    assert!(keys.eq(of_path.copied()));
    assert_eq!(members("rover.Guard"), KINDS);
    assert_eq!(members("rover.Schema"), GUARD_OPTIONS);
    let hooks = members(SERVER).iter().filter(|name| {
        let word = word(SERVER, name);
        word.is_some_and(|word| word.tag("hook").is_some())
    });
    assert!(hooks.eq(&HOOKS));
}

#[test]
fn every_option_can_be_set() {
    let mut options = ServerOptions::default();
    for name in members(OPTIONS) {
        let set = options.set(name, &OptionValue::Other);
        assert!(!matches!(set, Ok(()) | Err(SetError::Unknown)), "{name}");
    }
    for name in Limits::NAMES {
        assert!(word(OPTIONS, name).is_some(), "{name}");
    }
    // A field of an option, too.
    for (name, _) in options.compiled_in() {
        let option = name.split('.').next().unwrap_or_default();
        assert!(word(OPTIONS, option).is_some(), "{name}");
    }
}

#[test]
fn words_are_found() {
    assert!(is_global("print") && is_global("ngx") && is_global("vim"));
    assert!(!is_global("app") && !is_global("console"));
    assert_eq!(library("rover.json"), Some(["decode", "encode"].as_slice()));
    assert_eq!(library("rover.guard"), None);
    assert_eq!(library("_G"), None);
    assert_eq!(libraries_with("upper"), ["string"]);
    assert!(is_planned("rover", "session") && is_planned(CTX, "last_event_id"));
    assert!(is_reserved("config") && is_reserved("json") && !is_reserved("on_error"));
}

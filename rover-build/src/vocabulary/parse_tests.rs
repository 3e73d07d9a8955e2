use super::*;

fn faults(text: &'static str) -> Vec<(usize, String)> {
    let (_, faults) = parse(&[("test.lua", text)]);
    let faults = faults.into_iter().map(|fault| (fault.line, fault.message));
    faults.collect()
}

fn words(text: &'static str) -> Vec<Word> {
    let (words, faults) = parse(&[("test.lua", text)]);
    assert_eq!(faults, []);
    words
}

#[test]
fn a_function_of_a_library() {
    let words = words(
        "---@meta _
--- Texts.
---@class stringlib
---@field empty string The empty one.
string = {}

--- Replaces.
---@waits
---@param s string
---@param by? fun(a: string, b: table<string, any>): string
---@return string
---@return integer count
function string.gsub(s, by) end",
    );
    let names: Vec<_> = words.iter().map(|w| (w.owner, w.name, w.kind)).collect();
    assert_eq!(
        names,
        [
            ("_G", "string", Kind::Table),
            ("string", "empty", Kind::Value),
            ("string", "gsub", Kind::Function),
        ]
    );
    assert_eq!(words[1].doc, "The empty one.");
    assert_eq!(words[1].of_type, "string");
    let gsub = &words[2];
    assert_eq!(gsub.tag("waits"), Some(""));
    assert_eq!(gsub.tag("needs"), None);
    let by = &gsub.parameters[1];
    assert!(by.optional);
    assert_eq!(by.of_type, "fun(a: string, b: table<string, any>): string");
    let results: Vec<_> = gsub.results.iter().map(|r| (r.of_type, r.name)).collect();
    assert_eq!(results, [("string", ""), ("integer", "count")]);
}

#[test]
fn a_class() {
    let words = words(
        "--- A request.
---@class rover.Ctx : rover.Base
---@overload fun(a: { b: integer }, c?: string): rover.Ctx
--- Its method.
---@also verb
---@field method? string
---@field [string] any
local Ctx = {}

--- Its body.
---@return rover.Body?
function Ctx:body() end",
    );
    let names: Vec<_> = words.iter().map(|w| (w.owner, w.name, w.kind)).collect();
    assert_eq!(
        names,
        [
            ("", "rover.Ctx", Kind::Class),
            ("rover.Ctx", "", Kind::Call),
            ("rover.Ctx", "method", Kind::Value),
            ("rover.Ctx", "[string]", Kind::AnyField),
            ("rover.Ctx", "body", Kind::Method),
        ]
    );
    assert_eq!(words[0].of_type, "rover.Base");
    let taken: Vec<_> = words[1].parameters.iter().map(|p| p.of_type).collect();
    assert_eq!(taken, ["{ b: integer }", "string"]);
    assert_eq!(words[2].tag("also"), Some("verb"));
}

#[test]
fn words_that_are_missing() {
    let words = words(
        "--- say this
---@absent ngx say print
---@probed
--- and this
---@refused io read",
    );
    let kinds: Vec<_> = words.iter().map(|w| (w.path(), w.kind, w.doc)).collect();
    let missing = |path: &str, why, doc| (path.to_owned(), Kind::Missing(why), doc);
    assert_eq!(
        kinds,
        [
            missing("ngx.say", Missing::Absent, "say this"),
            missing("ngx.print", Missing::Absent, "say this"),
            missing("io.read", Missing::Refused, "and this"),
        ]
    );
    assert_eq!(words[0].tag("probed"), Some(""));
    assert_eq!(words[2].tag("probed"), None);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, line, message) in [
        ("function f() end", 1, "`f` has no sentence"),
        (
            "--- One.\n--- Two.",
            2,
            "a word has one sentence, on one line",
        ),
        (
            "--- F.\n---@wait\nfunction f() end",
            2,
            "there is no tag `@wait`",
        ),
        (
            "--- F.\n---@needs money\nfunction f() end",
            2,
            "`@needs` does not take `money`",
        ),
        (
            "--- F.\n---@also\nfunction f() end",
            2,
            "`@also` takes a text",
        ),
        (
            "--- F.\n---@param a string\nfunction f(b) end",
            3,
            "the parameters of `f` are others than its `@param`s",
        ),
        ("--- F.\nfunction a.f() end", 2, "nothing declares `a`"),
        ("--- F.\n\n", 2, "this declares nothing"),
        (
            "--- F.\n---@absent ngx",
            2,
            "`@absent` takes an owner and names",
        ),
        (
            "--- F.\n---@field a string",
            2,
            "it stands below no `@class`",
        ),
        ("--- F.\nx = {}", 2, "`x` has neither `@class` nor `@type`"),
        ("--- F.\nreturn 1", 2, "this is no declaration"),
    ] {
        let found = faults(text);
        assert_eq!(
            found.first(),
            Some(&(line, message.to_owned())),
            "{text}: {found:?}"
        );
    }
}

use super::*;

/// What the first mistake of a text is, and where: the word at its place.
fn first(text: &str) -> (String, &str) {
    let Err(error) = parse(text) else {
        panic!("this is Lua: {text}");
    };
    let found = mistakes(text, &error);
    let place = text[found[0].at()..].split_whitespace().next();
    (found[0].told.message.clone(), place.unwrap_or_default())
}

#[test]
fn usual_mistakes_are_told_in_their_place() {
    for (text, message, place) in [
        ("local n = 0\nn += 1", "Lua has no `+=`", "+="),
        ("local n = 0\nn ..= 'a'", "Lua has no `..=`", "..="),
        ("n = n ||= 1", "Lua has no `||=`", "||="),
        ("n++", "Lua has no `++`", "++"),
        (
            "for i = 1, 2 do n-- end\nend",
            "Lua has no `--` for numbers",
            "--",
        ),
        ("if a then n--\nend", "Lua has no `--` for numbers", "--"),
        (
            "local a <const> = 1",
            "locals have no `<const>` in this Lua",
            "<const>",
        ),
        (
            "local a, b <close> = 1",
            "locals have no `<close>` in this Lua",
            "<close>",
        ),
        (
            "local function f(a: string) end",
            "Lua has no types for variables",
            ":",
        ),
        ("if a != b then end", "Lua has no `!=`", "!="),
        ("return !a", "Lua has no `!`", "!a"),
        ("return a && b", "Lua has no `&&`", "&&"),
        ("return a ? b : c", "Lua has no `? :`", "?"),
        ("return a?.b", "Lua has no `?.`", "?.b"),
        (
            "while true do continue end",
            "Lua has no `continue`",
            "continue",
        ),
        ("f()\ncontinue\nf()", "Lua has no `continue`", "continue"),
        ("return { end = 1 }", "`end` is a word of Lua itself", "end"),
        (
            "local function = 1",
            "`function` is a word of Lua itself",
            "function",
        ),
        ("return a.end", "`end` is a word of Lua itself", "end"),
        ("local a = []", "a list is not written with brackets", "[]"),
        (
            "return f([1, 2])",
            "a list is not written with brackets",
            "[1,",
        ),
        ("a[] = 1", "an index is missing", "[]"),
        ("return { a: 1 }", "a field is not written with `:`", ":"),
        ("return { 'a': 1 }", "a field is not written with `:`", ":"),
        ("local f = x => x", "Lua has no arrow functions", "=>"),
        ("a := 1", "Lua has no `:=`", ":="),
        ("a, b := 1", "Lua has no `:=`", ":="),
        ("return 1 // 2", "Lua has no `//`", "//"),
        ("/* a */ return 1", "Lua has no `/* */`", "/*"),
        ("# a\nreturn 1", "a comment does not begin with `#`", "#"),
        ("let a = 1", "Lua has no `let`", "let"),
        ("f() var a = 1", "Lua has no `var`", "var"),
        ("import a from 'a'", "Lua has no `import`", "import"),
        ("print x", "two names stand beside each other", "print"),
        ("lcoal a = 1", "two names stand beside each other", "lcoal"),
        ("if a = 1 then end", "`=` assigns, it does not compare", "="),
        ("for (i = 1, 2) do end", "a `for` has no parentheses", "(i"),
        (
            "function f() { return 1 }",
            "a block is not written in braces",
            "{",
        ),
        (
            "if a then f() else { f() }",
            "a block is not written in braces",
            "{",
        ),
        ("if a { f() }", "`if` without `then`", "if"),
        ("if a\n  f()\nend", "`if` without `then`", "if"),
        ("while a\n  f()\nend", "`while` without `do`", "while"),
        ("for i = 1, 2\n  f(i)\nend", "`for` without `do`", "for"),
        (
            "if a then f() else if b then f() end",
            "`if` is not closed",
            "if",
        ),
        (
            "local f = function(x) return x",
            "`function` is not closed",
            "function(x)",
        ),
        (
            "f(function() return 1)",
            "`function` is not closed",
            "function()",
        ),
        ("f({ 1, 2 )", "`{` is not closed", "{"),
        ("f(1, 2", "`(` is not closed", "(1,"),
        ("return 1)", "`)` closes nothing", ")"),
        ("f() end", "`end` closes nothing", "end"),
        ("local a = 'b\nreturn a", "the string is not closed", "'b"),
        ("return [[ a", "the long string is not closed", "[["),
        ("--[==[ a ]]", "the comment is not closed", "--[==["),
        ("return “a”", "unexpected character “", "“a”"),
        ("local\u{a0}a = 1", "a blank that is not a plain space", "a"),
        (
            "function a['b'].get() end",
            "a function's name is names with dots between",
            "['b'].get()",
        ),
        (
            "local function a.b() end",
            "a local function has a name without dots",
            "local",
        ),
        (
            "return 1\nf()",
            "nothing can follow `return` in its block",
            "f()",
        ),
        (
            "do return 1 f() end",
            "nothing can follow `return` in its block",
            "f()",
        ),
        ("a.b\nreturn 1", "a value alone is no statement", "a.b"),
        ("local a = 1 +", "a value is missing", "+"),
        ("local a =", "a value is missing", "="),
    ] {
        assert_eq!(first(text), (message.to_owned(), place), "{text}");
    }
}

#[test]
fn every_usual_mistake_of_a_text_is_told() {
    let text = "local a = []\nlocal b = a != 1\nb += 1\nif b then\n";
    let Err(error) = parse(text) else {
        panic!("this is Lua: {text}");
    };
    let found = mistakes(text, &error);
    let messages: Vec<&str> = found.iter().map(|m| m.told.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "a list is not written with brackets",
            "Lua has no `!=`",
            "Lua has no `+=`",
            "`if` is not closed"
        ]
    );
}

/// What is Lua has none of the mistakes, whatever a rule takes it for.
#[test]
fn what_lua_takes_has_no_mistake() {
    for text in [
        "local continue = 1\nx = continue\nlocal y = continue + 1\ngoto continue\n::continue::\nreturn y",
        "continue = 2 continue.a = 3 continue() continue:f()",
        "a = b let = 1",
        "return a<-b, a>-b, not a, #a, -a, a ..b, 1 ..2",
        "local t = { [1] = 2, [\"end\"] = 3; [a] = b, a:b(), a:b{}, a:b'', f = a:b() }",
        "n = n-- a comment\nreturn n",
        "n-- a comment\n(1)",
        "if a == b and { x = 1 }.y then return { { 1 }, { 2 } }, [[a]], [=[b]] ]=] end",
        "for i = 1, 2 do while a do do repeat local x until x end end end",
        "local f = function(a, ...) return function() end end",
        "if (a) { b = 1 } then return 1 end",
        "if a then else f { 1 } end",
        "return a.b[1].c['d'](1)(2):e 'x' { 1 }",
        "goto a ::a:: do break_ = 1 end",
        "a.goto = 1",
        "print 'a' print [[b]] print {}",
        "local größe = 1 return größe",
        "return '\\\n', \"\\z\n  b\", '--', \"/*\", '!='",
        "local s = 'a' -- += ++ != [] {",
        "return function() return end",
    ] {
        assert_no_mistake("a case", text);
    }
}

fn assert_no_mistake(name: &str, text: &str) {
    let words = Words::of(text);
    assert_eq!(hints::mistakes(&words), [], "{name}: {text}");
    assert_eq!(blocks::mistake(&words), None, "{name}: {text}");
}

/// All the Lua of this repository.
#[test]
fn the_programs_of_this_repository_have_no_mistake() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = [
        "benches",
        "examples",
        "rover-build/tests",
        "rover-model/lua",
        "rover-rt/lua",
        "templates",
        "tests",
    ]
    .map(|folder| root.join(folder))
    .into();
    let mut programs = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lua")
                && let Ok(text) = std::fs::read_to_string(&path)
                && parse(&text).is_ok()
            {
                programs += 1;
                assert_no_mistake(&path.display().to_string(), &text);
            }
        }
    }
    assert!(programs > 100, "{programs}");
}

/// A text that was cut anywhere has a mistake, and asking for it does not fail.
#[test]
fn any_text_is_looked_at() {
    let text = include_str!("../../../../examples/bookshop/routes.lua");
    for (at, _) in text.char_indices().step_by(5) {
        let part = &text[..at];
        let strange = format!("{part}{}", &text[text.len() - at..].replace("end", "}"));
        for text in [part, strange.as_str()] {
            if let Err(error) = parse(text) {
                let found = mistakes(text, &error);
                assert!(!found.is_empty(), "{text}");
                assert!(
                    found
                        .iter()
                        .all(|mistake| text.is_char_boundary(mistake.at()))
                );
            }
        }
    }
}

#[test]
fn the_vm_reads_the_bytes_of_the_file() {
    let latin = b"return '\xE9\xFF'".to_vec();
    let (text, encoding) = decode(latin.clone());
    assert_eq!(encoding, Encoding::Latin1);
    assert_eq!(&*encoding.bytes(&text), latin);
    let (text, encoding) = decode("\u{feff}return 'é'".into());
    assert_eq!((text.as_str(), encoding), ("return 'é'", Encoding::Utf8));
}

#[test]
fn a_first_line_for_the_shell_stays_a_line() {
    assert_eq!(decode(b"#!/usr/bin/lua\nx()".to_vec()).0, "\nx()");
    assert_eq!(decode(b"\xEF\xBB\xBF#x".to_vec()).0, "");
}

#[test]
fn lines_end_as_luajit_ends_them() {
    assert_eq!(decode(b"a\rb\r\nc\n\rd\re".to_vec()).0, "a\nb\r\nc\n\rd\ne");
}

//! Open files beside LuaJIT's own `io`: the same calls give the same results, and leave the same
//! files.

use mlua::{Function, Lua, MultiValue, Value as LuaValue};
use proptest::prelude::*;

use super::{ALL, Folder, wait};
use crate::files::error::FileError;
use crate::files::front::Files;
use crate::files::open::format::{Format, Value};
use crate::files::open::handle::File;
use crate::files::open::state::{Buffering, Whence};

/// A format as a program gives it.
#[derive(Clone, Debug)]
enum Asked {
    Name(&'static str),
    Bytes(u32),
}

#[derive(Clone, Debug)]
enum Call {
    Open(&'static str),
    Read(Vec<Asked>),
    Write(Vec<u8>),
    WriteNumber(f64),
    Seek(&'static str, i64),
    Buffer(&'static str),
    Flush,
    Close,
}

/// Modes of the manual, and what `fopen` makes of others.
const MODES: [&str; 18] = [
    "r", "w", "a", "r+", "w+", "a+", "rb", "wb", "ab", "r+b", "rb+", "w+b", "a+b", "", "x", "rw",
    "+r", "wx",
];
const NAMES: [&str; 10] = [
    "*l", "*L", "*a", "*n", "l", "L", "a", "n", "*line", "number",
];
const WHENCES: [&str; 3] = ["set", "cur", "end"];

const UNREADABLE: &str = r#"Nil, "Bad file descriptor", 9.0"#;

/// What a value looks like, of both.
fn shown(value: &LuaValue) -> String {
    match value {
        LuaValue::String(text) => format!("{:?}", text.as_bytes().escape_ascii().to_string()),
        LuaValue::UserData(_) => "file".to_owned(),
        LuaValue::Integer(number) => format!("{:?}", *number as f64),
        LuaValue::Number(number) => format!("{number:?}"),
        other => format!("{other:?}"),
    }
}

struct Reference {
    call: Function,
    lua: Lua,
}

impl Reference {
    fn new(path: &[u8]) -> Self {
        let lua = Lua::new();
        let source = r#"
            local path = ...
            local file
            return function(name, ...)
                if name == "open" then
                    if file then pcall(file.close, file) end
                    local opened, message, code = io.open(path, ...)
                    if not opened then return nil, message, code end
                    file = opened
                    return file
                end
                if not file then return "none" end
                return file[name](file, ...)
            end"#;
        let path = lua.create_string(path).unwrap();
        let call = lua.load(source).call(path).unwrap();
        Reference { call, lua }
    }

    /// A number as a program's text: `io` in Lua gives it so.
    fn text_of(&self, number: f64) -> Vec<u8> {
        let tostring: Function = self.lua.globals().get("tostring").unwrap();
        let text: mlua::LuaString = tostring.call(number).unwrap();
        text.as_bytes().to_vec()
    }

    fn make(&self, call: &Call) -> Vec<String> {
        let lua = &self.lua;
        let text = |text: &[u8]| LuaValue::String(lua.create_string(text).unwrap());
        let word = |word: &str| text(word.as_bytes());
        let arguments: Vec<LuaValue> = match call {
            Call::Open(mode) => vec![word("open"), word(mode)],
            Call::Read(asked) => {
                let asked = asked.iter().map(|asked| match asked {
                    Asked::Name(name) => word(name),
                    Asked::Bytes(count) => LuaValue::Number(f64::from(*count)),
                });
                [word("read")].into_iter().chain(asked).collect()
            }
            Call::Write(bytes) => vec![word("write"), text(bytes)],
            Call::WriteNumber(number) => vec![word("write"), LuaValue::Number(*number)],
            Call::Seek(whence, offset) => {
                vec![word("seek"), word(whence), LuaValue::Number(*offset as f64)]
            }
            Call::Buffer(how) => vec![word("setvbuf"), word(how)],
            Call::Flush => vec![word("flush")],
            Call::Close => vec![word("close")],
        };
        let results = self
            .call
            .call::<MultiValue>(MultiValue::from_vec(arguments));
        match results {
            Ok(results) => results.iter().map(shown).collect(),
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("attempt to use a closed file"), "{text}");
                vec!["closed".to_owned()]
            }
        }
    }
}

struct Own<'a> {
    files: &'a Files,
    path: Vec<u8>,
    file: Option<File>,
}

impl Own<'_> {
    /// What is written now would leave zero bytes before it, which LuaJIT's lines lose.
    fn is_after_end(&self) -> bool {
        let place = self
            .file
            .as_ref()
            .and_then(|file| file.try_seek(Whence::Current, 0));
        let size = std::fs::metadata(std::str::from_utf8(&self.path).unwrap())
            .unwrap()
            .len();
        matches!(place, Some(Ok(place)) if place > size)
    }

    /// Whatever is still in a buffer is written now, and not when the file is collected.
    fn close(&self) {
        if let Some(file) = &self.file {
            let _ = wait(file.close());
        }
    }

    fn make(&mut self, call: &Call, lua: &Reference) -> Vec<String> {
        if let Call::Open(mode) = call {
            self.close();
            return match wait(self.files.open(&self.path, mode.as_bytes())) {
                Ok(file) => {
                    self.file = Some(file);
                    vec!["file".to_owned()]
                }
                Err(error) => failure(&error),
            };
        }
        let Some(file) = &self.file else {
            return vec![r#""none""#.to_owned()];
        };
        match call {
            Call::Open(_) => unreachable!(),
            Call::Read(asked) => {
                let formats = asked.iter().map(|asked| match asked {
                    Asked::Name(name) => Format::named(name.as_bytes()).unwrap(),
                    Asked::Bytes(count) => Format::Bytes(*count),
                });
                let formats: Vec<_> = formats.collect();
                let ready = file.try_read(&formats, ALL);
                let values = ready.unwrap_or_else(|| wait(file.read(formats, ALL)));
                told(values, |values| values.iter().map(own_shown).collect())
            }
            Call::Write(bytes) => write(file, bytes),
            Call::WriteNumber(number) => write(file, &lua.text_of(*number)),
            Call::Seek(whence, offset) => {
                let whence = match *whence {
                    "set" => Whence::Start,
                    "cur" => Whence::Current,
                    _ => Whence::End,
                };
                let ready = file.try_seek(whence, *offset);
                let place = ready.unwrap_or_else(|| wait(file.seek(whence, *offset)));
                told(place, |place| vec![format!("{:?}", place as f64)])
            }
            Call::Buffer(how) => {
                let how = match *how {
                    "full" => Buffering::Full,
                    "line" => Buffering::Line,
                    _ => Buffering::No,
                };
                done(file.try_set_buffering(how).unwrap())
            }
            Call::Flush => {
                let ready = file.try_flush();
                done(ready.unwrap_or_else(|| wait(file.flush())))
            }
            Call::Close => {
                let ready = file.try_close();
                done(ready.unwrap_or_else(|| wait(file.close())))
            }
        }
    }
}

fn write(file: &File, bytes: &[u8]) -> Vec<String> {
    let ready = file.try_write(bytes);
    let written = ready.unwrap_or_else(|| wait(file.write(bytes.to_vec())));
    told(written, |()| vec!["file".to_owned()])
}

fn own_shown(value: &Value) -> String {
    match value {
        Value::Nothing => "Nil".to_owned(),
        Value::Bytes(bytes) => format!("{:?}", bytes.escape_ascii().to_string()),
        Value::Number(number) => format!("{number:?}"),
    }
}

fn done(result: Result<(), FileError>) -> Vec<String> {
    told(result, |()| vec!["Boolean(true)".to_owned()])
}

fn told<T>(result: Result<T, FileError>, show: impl FnOnce(T) -> Vec<String>) -> Vec<String> {
    result.map_or_else(|error| failure(&error), show)
}

fn failure(error: &FileError) -> Vec<String> {
    match error.is_closed() {
        true => vec!["closed".to_owned()],
        false => vec![
            "Nil".to_owned(),
            format!("{:?}", error.message),
            format!("{:?}", f64::from(error.code)),
        ],
    }
}

/// C wants a `seek` between reading and writing.
fn with_seeks(calls: Vec<Call>) -> Vec<Call> {
    let mut last = None;
    let mut all = Vec::new();
    for call in calls {
        let reads = match call {
            Call::Read(_) => Some(true),
            Call::Write(_) | Call::WriteNumber(_) => Some(false),
            Call::Open(_) | Call::Seek(..) | Call::Close => {
                last = None;
                None
            }
            Call::Flush | Call::Buffer(_) => None,
        };
        if let Some(reads) = reads {
            if last.is_some_and(|last| last != reads) {
                all.push(Call::Seek("cur", 0));
            }
            last = Some(reads);
        }
        all.push(call);
    }
    all
}

/// What files have and programs write: no zero bytes, which LuaJIT's lines lose.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "12", " -3.5 ", "\n", "\n", "\n\n", "hello world", "line\n", "0", "+7\t8", " .5 ", "- ",
            "x", "\r\n", "\u{b}9", "é",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(1_u8.., 0..40),
        1 => (1_usize..40_000).prop_map(|count| vec![b'y'; count]),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        3 => prop::sample::select(NAMES.to_vec()).prop_map(Asked::Name),
        1 => (0_u32..12).prop_map(Asked::Bytes),
        1 => (0_u32..70_000).prop_map(Asked::Bytes),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => prop::sample::select(MODES.to_vec()).prop_map(Call::Open),
        8 => prop::collection::vec(asked(), 0..4).prop_map(Call::Read),
        4 => content().prop_map(Call::Write),
        2 => any::<f64>().prop_map(Call::WriteNumber),
        2 => (-1e6_f64..1e6).prop_map(|number| Call::WriteNumber((number * 8.0).round() / 8.0)),
        4 => (prop::sample::select(WHENCES.to_vec()), -60_i64..60)
            .prop_map(|(whence, offset)| Call::Seek(whence, offset)),
        1 => (0_i64..100_000).prop_map(|offset| Call::Seek("set", offset)),
        1 => prop::sample::select(vec!["full", "line", "no"]).prop_map(Call::Buffer),
        1 => Just(Call::Flush),
        1 => Just(Call::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("ROVER_FILES_CASES").map_or(300, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn files_behave_as_those_ofluajit(
        first in content(),
        mode in prop::sample::select(MODES.to_vec()),
        calls in prop::collection::vec(call(), 1..25),
    ) {
        let folder = Folder::new();
        let (own, reference) = (folder.at("own"), folder.at("lua"));
        for path in [&own, &reference] {
            std::fs::write(std::str::from_utf8(path).unwrap(), &first).unwrap();
        }
        let files = folder.files();
        let lua = Reference::new(&reference);
        let mut mine = Own { files: &files, path: own.clone(), file: None };
        let calls = [vec![Call::Open(mode)], calls].concat();
        for (index, call) in with_seeks(calls).iter().enumerate() {
            if matches!(call, Call::Write(_) | Call::WriteNumber(_)) && mine.is_after_end() {
                let end = Call::Seek("end", 0);
                prop_assert_eq!(mine.make(&end, &lua), lua.make(&end));
            }
            let expected = lua.make(call).join(", ").replace("/lua: ", "/own: ");
            let found = mine.make(call, &lua).join(", ");
            // glibc's `scanf` does not say why it reads nothing from a file that is only written.
            let is_silent = expected == "Nil" && found == UNREADABLE;
            prop_assert!(found == expected || is_silent, "call {}: {:?}\n own {}\n lua {}", index, call, found, expected);
        }
        mine.close();
        lua.make(&Call::Close);
        let read = |path| std::fs::read(std::str::from_utf8(path).unwrap()).unwrap();
        prop_assert_eq!(read(&own), read(&reference));
    }
}

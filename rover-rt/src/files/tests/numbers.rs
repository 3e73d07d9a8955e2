//! Numbers beside those of LuaJIT.

use mlua::{Function, Lua};
use proptest::prelude::*;

use super::Folder;
use crate::files::open::number::NumberText;

/// What is read of a text, and how much of it is left.
fn scanned(text: &[u8]) -> (Option<f64>, usize) {
    let mut number = NumberText::default();
    let mut taken = 0;
    while let Some(&byte) = text.get(taken) {
        let step = number.add(byte);
        taken += usize::from(step.takes());
        if step.ends() {
            break;
        }
    }
    (number.value(), text.len() - taken)
}

struct LuaJit {
    folder: Folder,
    read: Function,
    _lua: Lua,
}

impl LuaJit {
    fn new() -> Self {
        let lua = Lua::new();
        let source = r#"
            local path = ...
            local file = assert(io.open(path, "rb"))
            local number, rest = file:read("*n"), file:read("*a")
            file:close()
            return number, #rest"#;
        LuaJit {
            folder: Folder::new(),
            read: lua.load(source).into_function().unwrap(),
            _lua: lua,
        }
    }

    fn scanned(&self, text: &[u8]) -> (Option<f64>, usize) {
        let path = self.folder.path().join("number");
        std::fs::write(&path, text).unwrap();
        self.read.call(path.to_str().unwrap()).unwrap()
    }
}

fn compare(luajit: &LuaJit, text: &[u8]) {
    // As text, for which two that are not a number are the same.
    let shown = |(value, left): (Option<f64>, usize)| format!("{value:?}, {left} left");
    let (own, theirs) = (shown(scanned(text)), shown(luajit.scanned(text)));
    assert_eq!(own, theirs, "{}", text.escape_ascii());
}

/// Newer versions of glibc refuse these, after as many bytes.
fn is_disputed(text: &[u8]) -> bool {
    let (value, left) = scanned(text);
    let taken = text[..text.len() - left].to_ascii_lowercase();
    let is_unfinished = ["e", "p", "+", "-", "x."]
        .iter()
        .any(|end| taken.ends_with(end.as_bytes()));
    value.is_some() && is_unfinished
}

#[test]
fn numbers_are_read_as_luajit_reads_them() {
    let luajit = LuaJit::new();
    let texts = [
        "",
        " ",
        "-",
        "+",
        "12",
        "  12 13",
        "-1.5",
        ".5",
        "5.",
        ".",
        "-.",
        "1e5",
        "1E+5x",
        "1e-5-",
        "12abc",
        "abc",
        "nan",
        "-nan",
        "NaNs",
        "nax",
        "n",
        "na",
        "inf",
        "-INFx",
        "infinity",
        "infinityx",
        "infinite",
        "in",
        "inx",
        "0",
        "00012",
        "0x",
        "0xg",
        "0x1F",
        "-0x.8p3",
        "0x1p-2",
        "0x1.8p1.5",
        "1.2.3",
        "1e400",
        "1e-400",
        "4.9e-324",
        "2.4e-324",
        "0x1p1023",
        "0x1p1024",
        "0x1p-1074",
        "0x1p-1075",
        "0x1.8p-1075",
        "0x1.00000000000008p0",
        "0x1.000000000000080001p0",
        "0x1.fffffffffffff8p1023",
        "0x123456789abcdef0123456789p-40",
        "0x0.0000000000000000000001p9",
        "0x0p99999999999999999999",
        "0x1p99999999999999999999",
        "0x1p-99999999999999999999",
        "1e99999999999999999999",
        "123456789012345678901234567890.5",
        "0.1",
        "9007199254740993",
    ];
    for text in texts {
        compare(&luajit, text.as_bytes());
    }
}

#[test]
fn unfinished_numbers_are_what_is_there_of_them() {
    for (text, value) in [
        ("1e", 1.0),
        ("1e+", 1.0),
        ("-2ex", -2.0),
        ("0x1p", 1.0),
        ("0x.", 0.0),
    ] {
        let left = usize::from(text.ends_with('x'));
        assert_eq!(scanned(text.as_bytes()), (Some(value), left), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_read_as_luajit_reads_them(
        texts in prop::collection::vec(r"[ \n\t]{0,2}[+-]{0,2}(0x|0X)?[0-9a-zA-Z.+-]{0,12}", 10),
        numbers in prop::collection::vec("[0-9+.eEpPxXnNaAiIfF-]{0,10}", 10),
    ) {
        let luajit = LuaJit::new();
        let texts = texts.iter().chain(&numbers).map(String::as_bytes);
        for text in texts.filter(|text| !is_disputed(text)) {
            compare(&luajit, text);
        }
    }
}

//! The functions against LuaJIT's own, on random patterns and texts.

use mlua::{Function, Lua, Table};

use crate::vm::library::patterns::FUNCTIONS;
use crate::vm::native::register::{Entry, register};
use crate::vm::state::vm::VmState;

/// Compares all results and errors of both sets of functions, called directly and by
/// `pcall`; gives what differs.
const COMPARE: &str = r##"
local ours, select, pcall, tostring, type = ..., select, pcall, tostring, type
local theirs = { find = string.find, match = string.match, gmatch = string.gmatch, gsub = string.gsub }
local concat, format = table.concat, string.format

local function shown(...)
  local out = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[i] = type(v) == "string" and format("%q", v) or tostring(v)
  end
  return concat(out, ", ")
end
local function direct(f, ...) local r = shown(f(...)) return r end
local function all(gmatch, s, p)
  local out, next = {}, gmatch(s, p)
  local function add(...)
    if (...) == nil then return "; then " .. select("#", ...) end
    out[#out + 1] = shown(...)
  end
  local ended
  repeat ended = add(next()) until ended
  return concat(out, "; ") .. ended
end
local function by_function(gsub, s, p, count)
  local seen = {}
  local r = shown(gsub(s, p, function(...) seen[#seen + 1] = shown(...) return (...) end, count))
  return r .. " of " .. concat(seen, "; ")
end

return function(s, p, init, with, count)
  local function compare(what, f, name, ...)
    local a, b = shown(pcall(f, ours[name], ...)), shown(pcall(f, theirs[name], ...))
    if a ~= b then return format("%s(%q, %q): %s instead of %s", what, s, p, a, b) end
  end
  local t = { a = "X", b = false, ab = 1, ["1"] = "one", [1] = "position", [2] = true }
  local function call(f, ...) return f(...) end
  return compare("find", direct, "find", s, p, init)
    or compare("find plain", call, "find", s, p, init, true)
    or compare("match", direct, "match", s, p, init)
    or compare("gmatch", all, "gmatch", s, p)
    or compare("gsub", direct, "gsub", s, p, with, count)
    or compare("gsub by table", call, "gsub", s, p, t, count)
    or compare("gsub by function", by_function, "gsub", s, p, count)
end
"##;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn text(&mut self, pieces: &[&[u8]], most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        let pieces = (0..count).map(|_| pieces[self.below(pieces.len())]);
        pieces.flatten().copied().collect()
    }
}

const SUBJECT: [&[u8]; 13] = [
    b"a", b"b", b"ab", b"(", b")", b"1", b" ", b"%", b"\0", b"\xff", b"A_", b"-", b"]",
];
const PATTERN: [&[u8]; 52] = [
    b"a", b"b", b"1", b"ab", b"(", b")", b"()", b".", b"*", b"+", b"-", b"?", b"^", b"$", b"%a",
    b"%d", b"%s", b"%w", b"%p", b"%c", b"%x", b"%l", b"%u", b"%g", b"%z", b"%A", b"%W", b"%Z",
    b"%b()", b"%bab", b"%b", b"%f[%w]", b"%f[^a]", b"%f", b"%1", b"%2", b"%%", b"%", b"[ab]",
    b"[^a]", b"[a-]", b"[%a1]", b"[]a]", b"[", b"[!-%%]", b"[z-%%]", b"[^%]]", b"]", b"(a*)",
    b"(.-)", b"\0", b"%\xff",
];
const REPLACEMENT: [&[u8]; 10] = [
    b"x", b"%0", b"%1", b"%2", b"%%", b"%a", b"<", b"%", b"\0", b"yz",
];

/// A VM, our functions in it, and what they need.
fn functions() -> (Lua, Table, Box<VmState>) {
    let lua = Lua::new();
    let shared = Box::new(VmState::bare());
    let tables = [lua.create_table().unwrap(), lua.create_table().unwrap()];
    let [natives, array]: &[Table; 2] = &tables;
    let by = Entry::Own;
    register(&lua, &shared, natives, array, &FUNCTIONS, by).unwrap();
    let ours = lua.create_table().unwrap();
    for name in ["find", "match"] {
        let native: Function = natives.get(name).unwrap();
        ours.set(name, native).unwrap();
    }
    let gmatch = lua.load(include_str!("../../../../lua/gmatch.lua"));
    ours.set("gmatch", gmatch.call::<Function>(natives).unwrap())
        .unwrap();
    let gsub = lua.load(include_str!("../../../../lua/gsub.lua"));
    let check: Function = lua.load("return 1000").into_function().unwrap();
    let raise: Function = lua
        .load("local error = error; return function(text) error(text, 3) end")
        .call(())
        .unwrap();
    let gsub = gsub.call::<Function>((natives, check, f64::INFINITY, raise));
    ours.set("gsub", gsub.unwrap()).unwrap();
    (lua, ours, shared)
}

#[test]
fn they_do_what_luajit_does() {
    let count = std::env::var("ROVER_PATTERN_CASES").ok();
    let count = count.and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let (lua, ours, _shared) = functions();
    let compare: Function = lua.load(COMPARE).call(ours).unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..count {
        let subject = lua.create_string(random.text(&SUBJECT, 9)).unwrap();
        let pattern = lua.create_string(random.text(&PATTERN, 6)).unwrap();
        let with = lua.create_string(random.text(&REPLACEMENT, 3)).unwrap();
        let init = [None, Some(1), Some(3), Some(-2), Some(-20), Some(20)][random.below(6)];
        let most = [None, Some(0), Some(1), Some(2), Some(-1)][random.below(5)];
        let difference: Option<mlua::LuaString> =
            compare.call((subject, pattern, init, with, most)).unwrap();
        assert!(difference.is_none(), "{}", difference.unwrap().display());
    }
}

#[test]
fn wrong_arguments_and_limits_are_the_same() {
    let (lua, ours, _shared) = functions();
    let differences: String = lua
        .load(
            r##"
local ours = ...
local theirs = { find = string.find, match = string.match, gmatch = string.gmatch, gsub = string.gsub }
local values = { 0, 12, -1, "a", "", "3", 1.5, 1e300, 0/0, true, {}, type, coroutine.create(type) }
values[#values + 1] = ("a"):rep(300)
values[#values + 1] = ("a?"):rep(300)
values[#values + 1] = ("("):rep(40)
values[#values + 1] = ("()"):rep(32)
values[#values + 1] = ("()"):rep(33)
values[#values + 1] = ("(a)"):rep(20) .. "%9"
values[#values + 1] = ("[a]*"):rep(1) .. "b"
local out = {}
local function try(f, ...)
  local r = { pcall(function(...) return { f(...) } end, ...) }
  if not r[1] then return r[2] end
  local parts = {}
  for i = 1, #r[2] do parts[i] = type(r[2][i]) == "function" and "function" or tostring(r[2][i]) end
  return table.concat(parts, ",")
end
for name, f in pairs(ours) do
  for i = 0, #values do for j = 0, #values do for k = 0, 13 do
    local a, b, c = values[i], values[j], values[k]
    local x, y = try(f, a, b, c), try(theirs[name], a, b, c)
    if x ~= y then out[#out + 1] = name .. ": " .. x .. " instead of " .. y end
    if k == 1 then
      x, y = try(f, a, b, "", values[j]), try(theirs[name], a, b, "", values[j])
      if x ~= y then out[#out + 1] = name .. " of 4: " .. x .. " instead of " .. y end
    end
  end end end
end
return table.concat(out, "\n", 1, math.min(#out, 10))
"##,
        )
        .call(ours)
        .unwrap();
    assert_eq!(differences, "");
}

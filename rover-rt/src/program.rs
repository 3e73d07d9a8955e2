//! A compiled program as plain constants: what the generated code holds.

use smallvec::SmallVec;

pub use rover_model::{Escape, Limits, LogLevel, Method, PerfectMap, Place, Rule, guard};

use crate::message::decode::percent_decode;

/// Everything the compiler learned about a manifest.
#[derive(Debug)]
pub struct Program {
    /// The program's name: the `title` option, else the package's name.
    pub name: &'static str,
    /// The program's version: the `version` option, else the package's.
    pub version: &'static str,
    /// The options of `rover.server`, with defaults filled in.
    pub options: Options,
    /// The routes, as `GET /users/{id}`, and hooks whose functions the program reads while it
    /// loads.
    pub given: &'static [&'static str],
    /// The manifest (module name `""`) and its modules, as LuaJIT bytecode.
    pub chunks: &'static [Chunk],
    /// Every route, in order of definition.
    pub routes: &'static [Route],
    /// Paths without parameters, and their routes by method.
    pub static_paths: &'static PerfectMap<&'static [(Method, u16)]>,
    /// Finds the route of a path with parameters.
    pub dynamic: fn(Method, &Path<'_>) -> Option<u16>,
    /// Names of record fields, ordered as the program's constructors write them.
    pub key_order: &'static [&'static str],
    /// Responses whose shape the compiler knows, by the numbers in the bytecode, less one.
    pub templates: &'static [Template],
    /// What items of lists are made of.
    pub steps: &'static [Step],
    /// The schemas of `rover.guard` that are constant, by the numbers in the bytecode.
    pub guards: &'static [guard::Schema],
    /// What `/openapi.json` and `/docs` answer, unless the option `docs` is off.
    pub docs: Option<Docs>,
    /// The orders of constructors that contradict `key_order`.
    pub special_orders: &'static [&'static [&'static str]],
    /// Templates of HTML as LuaJIT bytecode, by the numbers in the program's, less one.
    pub pages: &'static [&'static [u8]],
    /// What those print.
    pub html_steps: &'static [HtmlStep],
}

/// The program's documentation.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// Its OpenAPI document.
    pub document: &'static str,
    /// The `Content-Security-Policy` of the page that shows it.
    pub policy: &'static str,
}

/// The options of `rover.server`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Address or name to listen on.
    pub host: &'static str,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// Number of workers; 0 means one per core.
    pub workers: usize,
    /// Level of the log.
    pub log_level: LogLevel,
    /// Whether `/healthz` and `/readyz` are served.
    pub health: bool,
    /// What bounds requests and connections.
    pub limits: Limits,
    /// Milliseconds of CPU time that a handler has; 0 for any.
    pub deadline: u32,
    /// Bytes that a VM may take; 0 for any.
    pub memory_limit: u64,
    /// They may be others at the start, which the program reads from the environment.
    pub from_start: bool,
    /// Those that are part of the compiled program, as texts.
    pub compiled_in: &'static [(&'static str, &'static str)],
}

/// One Lua file's bytecode.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    /// The names `require` knows it by; empty for the manifest.
    pub modules: &'static [&'static str],
    /// What `string.dump` gave, with debug information.
    pub bytecode: &'static [u8],
}

/// One method on one path.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The request method.
    pub method: Method,
    /// The path as people write it: `/users/{id}`.
    pub pattern: &'static str,
    /// Where the parameters stand.
    pub params: &'static [Param],
    /// What must be prepared before the handler runs.
    pub needs: Needs,
    /// Lua file and line of the definition.
    pub source: &'static str,
    /// Milliseconds of CPU time that the handler has; 0 for any.
    pub deadline: u32,
    /// Largest request body in bytes; 0 for any.
    pub body_limit: u64,
    /// What the handler begins with checking, before it does anything else.
    pub first: Option<First>,
}

/// A part of the request that is checked against a constant schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// The part: 0 the body, 1 the query, 2 the parameters.
    pub source: u8,
    /// The schema's number.
    pub schema: usize,
    /// The number of the place where what was checked is held, if it is.
    pub holder: Option<i32>,
}

/// A parameter's place in the path.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The name after `p_` or `rest_`.
    pub name: &'static str,
    /// Index of the first segment it takes.
    pub segment: usize,
    /// Whether it takes all segments from there on.
    pub rest: bool,
}

impl Param {
    /// The parameter's part of a path, decoded.
    pub fn value<'p>(&self, path: &'p Path<'_>) -> &'p [u8] {
        match self.rest {
            true => path.rest(self.segment),
            false => path.segment(self.segment),
        }
    }
}

/// What a handler reads, as far as it must be known before it runs.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The handler must be given a `ctx`.
    pub ctx: bool,
    /// The handler may read the body.
    pub body: bool,
    /// The answer is always the same: it is made once, when a worker starts.
    pub constant: bool,
}

/// A JSON response whose shape the compiler knows.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// What is written, in order.
    pub pieces: &'static [Piece],
}

/// A part of a template.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// JSON as it is.
    Text(&'static str),
    /// Fields as they are, after a comma unless they are their object's first.
    Fields(&'static str),
    /// A field whose value is the next argument, and that is absent where it is nil.
    Field {
        /// `"name":`
        key: &'static str,
        /// How many containers are around the value.
        depth: u8,
        /// The names that lead to it, for errors: `.rows.first`.
        path: &'static str,
    },
    /// A field whose value is a part of the request that was checked and is held; absent
    /// where it is.
    Held {
        /// `"name":`
        key: &'static str,
        /// The number of the checked value.
        holder: usize,
        /// The fields that lead to the part: each one's number and one more, from the low
        /// byte on.
        place: u32,
        /// As a field's.
        path: &'static str,
    },
    /// A field whose value is a text of the request; absent where that is.
    Part {
        /// `"name":`
        key: &'static str,
        /// The text.
        part: Part,
        /// As a field's.
        path: &'static str,
    },
    /// A field whose value is a list that was written already; without a key, the whole
    /// response.
    List {
        /// `"name":`
        key: &'static str,
        /// As a field's.
        depth: u8,
        /// As a field's.
        path: &'static str,
    },
}

/// A text of the request.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// `ctx.method`
    Method,
    /// `ctx.path`
    Path,
    /// `ctx.client_ip`
    ClientIp,
    /// `ctx.request_id`
    RequestId,
    /// A parameter of the path.
    Param(&'static str),
    /// A value of the query; the last of several.
    Query(&'static str),
    /// A header, its name in lower case.
    Header(&'static str),
    /// A cookie; the first of several.
    Cookie(&'static str),
}

/// A value in an item of a list that is written while it is built, with the constant text
/// around it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// It is its item's first.
    pub first: bool,
    /// It is its item's last.
    pub last: bool,
    /// What `lead` begins with is a field, which needs a comma unless it is its object's
    /// first.
    pub comma: bool,
    /// Before the value, its field's name included.
    pub lead: &'static str,
    /// After the value.
    pub tail: &'static str,
    /// The bytes of `lead` that are the beginning of a string which the value is part of.
    pub prefix: usize,
    /// The bytes of `tail` that are its end.
    pub suffix: usize,
    /// What is written instead where the value is absent.
    pub absent: [Run; 2],
    /// How many containers are around the value, the list included.
    pub depth: u8,
    /// The names that lead to it from the item, for errors: `.first`.
    pub path: &'static str,
}

/// A value in a page, with the constant text around it.
#[derive(Clone, Copy, Debug)]
pub struct HtmlStep {
    /// Before the value.
    pub lead: &'static str,
    /// How the value is written.
    pub escape: Escape,
    /// After the value.
    pub tail: &'static str,
}

/// Constant JSON.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The text.
    pub text: &'static str,
    /// It begins with a field: a comma comes first, unless it is its object's first.
    pub fields: bool,
}

impl Program {
    /// The route for a method and path: static paths first, then the matcher.
    pub fn find(&self, method: Method, path: &mut Path<'_>) -> Option<u16> {
        if let Some(table) = path.static_key().and_then(|key| self.static_paths.get(key))
            && let Some((_, route)) = table.iter().find(|(m, _)| *m == method)
        {
            return Some(*route);
        }
        path.split();
        (self.dynamic)(method, path)
    }

    /// The methods that answer on a path, HEAD and OPTIONS included where implied.
    pub fn allowed(&self, path: &mut Path<'_>) -> Vec<Method> {
        let mut has = |m| self.find(m, path).is_some();
        let mut methods: Vec<Method> = Method::ALL
            .into_iter()
            .filter(|&m| has(m) || (m == Method::Head && has(Method::Get)))
            .collect();
        if !methods.is_empty() && !methods.contains(&Method::Options) {
            methods.push(Method::Options);
        }
        methods
    }
}

/// A request path, percent-decoded (RFC 3986, section 2.1), and split at its slashes once
/// a route with parameters is looked for.
#[derive(Debug)]
pub struct Path<'a> {
    raw: &'a str,
    /// The decoded text, where the path has escapes.
    decoded: Option<Vec<u8>>,
    is_split: bool,
    /// Two bytes for each end: a path is longer only where it is refused.
    segments: SmallVec<[(u16, u16); 12]>,
}

/// A path that is not one: no leading slash, a broken percent escape, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedPath;

impl Path<'static> {
    /// `/`
    pub(crate) const ROOT: Self = Path {
        raw: "/",
        decoded: None,
        is_split: true,
        segments: SmallVec::new_const(),
    };
}

impl<'a> Path<'a> {
    /// Decodes a raw path.
    ///
    /// # Errors
    /// When it does not start with a slash, has a `%` without two hex digits, or is longer
    /// than 64 KiB.
    #[inline]
    pub fn parse(raw: &'a str) -> Result<Self, MalformedPath> {
        if !raw.starts_with('/') || raw.len() > usize::from(u16::MAX) {
            return Err(MalformedPath);
        }
        let mut path = Path {
            raw,
            decoded: None,
            is_split: false,
            segments: SmallVec::new(),
        };
        if memchr::memchr(b'%', raw.as_bytes()).is_some() {
            path.decode()?;
        }
        Ok(path)
    }

    /// Finds the segments, which [`Path::segment`] and its neighbours give.
    pub(crate) fn split(&mut self) {
        let bytes = self.raw.as_bytes();
        if self.is_split {
            return;
        }
        self.is_split = true;
        if bytes.len() > 1 {
            let mut start = 1;
            for at in memchr::memchr_iter(b'/', &bytes[1..]) {
                self.segments.push((start, at as u16 + 1));
                start = at as u16 + 2;
            }
            self.segments.push((start, bytes.len() as u16));
        }
    }

    fn decode(&mut self) -> Result<(), MalformedPath> {
        let mut text = Vec::with_capacity(self.raw.len());
        for segment in self.raw[1..].split('/') {
            text.push(b'/');
            let start = text.len() as u16;
            percent_decode(segment.as_bytes(), &mut text).ok_or(MalformedPath)?;
            self.segments.push((start, text.len() as u16));
        }
        self.decoded = Some(text);
        self.is_split = true;
        Ok(())
    }

    fn text(&self) -> &[u8] {
        self.decoded.as_deref().unwrap_or(self.raw.as_bytes())
    }

    /// The path as it came, without the query.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// Number of segments: none for `/`, two for `/users/` (the last one empty).
    #[allow(clippy::len_without_is_empty)]
    #[inline]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// A decoded segment; empty where there is none.
    #[inline]
    pub fn segment(&self, index: usize) -> &[u8] {
        self.segments.get(index).map_or(&[], |&(start, end)| {
            &self.text()[usize::from(start)..usize::from(end)]
        })
    }

    /// Everything from a segment to the end, slashes included.
    pub fn rest(&self, index: usize) -> &[u8] {
        self.segments
            .get(index)
            .map_or(&[], |&(start, _)| &self.text()[usize::from(start)..])
    }

    /// Whether a `rest_` parameter can start at this segment.
    pub fn rest_nonempty(&self, index: usize) -> bool {
        !self.rest(index).is_empty()
    }

    /// The key of `Program::static_paths`, unless a decoded slash stands inside a
    /// segment: then no literal path can be meant.
    fn static_key(&self) -> Option<&[u8]> {
        match &self.decoded {
            None => Some(self.raw.as_bytes()),
            Some(text) => {
                let slashes = text.iter().filter(|b| **b == b'/').count();
                (slashes == self.segments.len()).then_some(text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Vec<String> {
        let mut path = Path::parse(raw).unwrap();
        path.split();
        (0..path.len())
            .map(|i| String::from_utf8_lossy(path.segment(i)).into_owned())
            .collect()
    }

    #[test]
    fn splits_and_decodes() {
        assert!(segments("/").is_empty());
        assert_eq!(segments("/users/"), ["users", ""]);
        assert_eq!(segments("/a%2Fb/c%20d+e"), ["a/b", "c d+e"]);
        assert_eq!(Path::parse("/a%2Fb").unwrap().static_key(), None);
        assert_eq!(Path::parse("/%61").unwrap().static_key(), Some(&b"/a"[..]));
        assert_eq!(Path::parse("*").unwrap_err(), MalformedPath);
        assert_eq!(Path::parse("/%4").unwrap_err(), MalformedPath);
    }

    #[test]
    fn rest_keeps_slashes() {
        let split = |raw| {
            let mut path = Path::parse(raw).unwrap();
            path.split();
            path
        };
        assert_eq!(split("/files/a/b").rest(1), b"a/b");
        assert!(!split("/files/").rest_nonempty(1));
    }
}

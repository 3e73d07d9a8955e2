//! Which folder may import which (a folder with a floor of its own may be inside of another): `tests/floors/` has the order for each crate. An arrow that
//! goes up, and a circle between files that is not named there, fail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Attribute, ItemMod, ItemUse, Macro, UseTree};

/// Modules of a crate by their path, `analyse/ctx_use`: what each imports.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_compiler() {
    check("rover-build");
}

/// After `front`, the program's text is shown and written again; what stands in it, the tree
/// knows. So `File` gives it by these functions alone, and each that calls one is named.
#[test]
fn nobody_reads_the_programs_text_but_front() {
    const GIVEN_BY: [&str; 3] = ["whole_text", "text_at", "line_text"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = root.join("../rover-build/src");
    let named = Floors::read(&root.join("floors/rover-build.txt")).texts;
    let mut files = BTreeMap::new();
    modules(&source, &source.join("lib.rs"), "", &mut files);
    let found = files.iter().filter(|(name, file)| {
        let mut words = Words::default();
        words.visit_file(file);
        !name.starts_with("front/") && GIVEN_BY.iter().any(|word| words.0.contains(*word))
    });
    let found: BTreeSet<String> = found.map(|(name, _)| name.clone()).collect();
    assert_eq!(found, named, "read the text, and are named in floors/");
    let is_private = files["front/file"].items.iter().any(|item| match item {
        syn::Item::Struct(file) if file.ident == "File" => file.fields.iter().any(|field| {
            let named = field.ident.as_ref().is_some_and(|name| name == "text");
            let owner = match &field.vis {
                syn::Visibility::Restricted(to) => to.path.segments.last(),
                _ => None,
            };
            named && owner.is_some_and(|owner| owner.ident == "front")
        }),
        _ => false,
    });
    assert!(is_private, "`File::text` belongs to `front`");
}

/// Every word of a file.
#[derive(Default)]
struct Words(BTreeSet<String>);

impl Words {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => drop(self.0.insert(word.to_string())),
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Words {
    fn visit_ident(&mut self, word: &'ast syn::Ident) {
        self.0.insert(word.to_string());
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.tokens.clone());
    }
}

#[test]
fn the_runtime() {
    check("rover-rt");
}

#[test]
fn the_model() {
    check("rover-model");
}

#[test]
fn a_file_is_read_as_rustc_reads_it() {
    let names = ["lib", "a", "a/b", "a/c", "d"].map(str::to_owned);
    let text = "
        use crate::d::{self, X as Y};
        use super::c::{Z, deep::{W}};
        mod inner { use super::super::super::d; }
        #[cfg(test)] mod tests { use crate::lib; }
        fn f() { crate::a::g(); println!(\"{}\", crate::a::c::h()); }";
    let found = arrows_of("a/b", &syn::parse_file(text).unwrap(), &names.into());
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["a", "a/c", "d"]);
}

/// The floors of a crate, and the circles that are known.
struct Floors {
    order: Vec<String>,
    circles: BTreeSet<Vec<String>>,
    /// What reads the program's text.
    texts: BTreeSet<String>,
}

fn check(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let floors = Floors::read(&root.join(format!("floors/{name}.txt")));
    let arrows = arrows(&root.join("..").join(name).join("src"));
    let mut wrong = floors.unlisted(&arrows);
    wrong.extend(floors.upward(&arrows));
    wrong.extend(floors.unnamed_circles(&arrows));
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

impl Floors {
    /// Lines `folder - what it is`, lowest first, `circle: file file - reason` and `text: file -
    /// what for`.
    fn read(path: &Path) -> Self {
        let text = read(path);
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut floors = Floors {
            order: Vec::new(),
            circles: BTreeSet::new(),
            texts: BTreeSet::new(),
        };
        for line in lines {
            let (what, why) = line.split_once(" - ").unwrap_or_else(|| panic!("{line}"));
            assert!(!why.is_empty(), "{line}");
            if let Some(file) = what.strip_prefix("text: ") {
                floors.texts.insert(file.to_owned());
                continue;
            }
            match what.strip_prefix("circle: ") {
                Some(files) => {
                    let mut files: Vec<_> = files.split(' ').map(str::to_owned).collect();
                    files.sort();
                    floors.circles.insert(files);
                }
                None => floors.order.push(what.to_owned()),
            }
        }
        floors
    }

    /// That of the smallest folder around it that has one.
    fn floor(&self, file: &str) -> Option<usize> {
        let ends = file.match_indices('/').map(|(at, _)| at);
        let mut folders = ends.chain([file.len()]).map(|end| &file[..end]).rev();
        folders.find_map(|folder| self.order.iter().position(|name| name == folder))
    }

    fn unlisted(&self, arrows: &Arrows) -> Vec<String> {
        let missing = arrows.keys().filter(|file| self.floor(file).is_none());
        let mut wrong: Vec<_> = missing.map(|file| format!("{file} has no floor")).collect();
        let folders: BTreeSet<_> = arrows.keys().filter_map(|file| self.floor(file)).collect();
        let empty = (0..self.order.len()).filter(|floor| !folders.contains(floor));
        wrong.extend(empty.map(|floor| format!("{} is not there", self.order[floor])));
        wrong
    }

    fn upward(&self, arrows: &Arrows) -> Vec<String> {
        let all = arrows.iter();
        let all = all.flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
        let upward = all.filter(|(from, to)| self.floor(from) < self.floor(to));
        upward
            .map(|(from, to)| format!("{from} imports {to}, which is above it"))
            .collect()
    }

    fn unnamed_circles(&self, arrows: &Arrows) -> Vec<String> {
        let found = circles(arrows);
        let unnamed = found.difference(&self.circles);
        let mut wrong: Vec<_> = unnamed
            .map(|files| format!("a circle: {}", files.join(" ")))
            .collect();
        let gone = self.circles.difference(&found);
        wrong.extend(gone.map(|files| format!("no circle any more: {}", files.join(" "))));
        wrong
    }
}

fn arrows(root: &Path) -> Arrows {
    let mut files = BTreeMap::new();
    modules(root, &root.join("lib.rs"), "", &mut files);
    let names = files.keys().cloned().collect();
    let arrows = files.iter().map(|(name, file)| {
        let arrows = arrows_of(name, file, &names);
        (name.clone(), arrows)
    });
    arrows.collect()
}

/// Reads a file and the modules that it names, but those of tests.
fn modules(folder: &Path, file: &Path, name: &str, found: &mut BTreeMap<String, syn::File>) {
    let text = read(file);
    let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    for item in &parsed.items {
        let syn::Item::Mod(module) = item else {
            continue;
        };
        if module.content.is_some() || is_test(&module.attrs) {
            continue;
        }
        let ident = module.ident.to_string();
        let inner = match name {
            "" => ident.clone(),
            name => format!("{name}/{ident}"),
        };
        let own = folder.join(&ident);
        let candidates: [PathBuf; 2] = [folder.join(format!("{ident}.rs")), own.join("mod.rs")];
        let file = candidates.iter().find(|path| path.exists());
        let file = file.unwrap_or_else(|| panic!("no file of the module {inner}"));
        modules(&own, file, &inner, found);
    }
    let name = match name {
        "" => "lib",
        name => name,
    };
    found.insert(name.to_owned(), parsed);
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|what| what == "test")
    })
}

fn arrows_of(name: &str, file: &syn::File, names: &BTreeSet<String>) -> BTreeSet<String> {
    let module = match name {
        "lib" => Vec::new(),
        name => name.split('/').map(str::to_owned).collect(),
    };
    let mut reader = Reader {
        module,
        names,
        found: BTreeSet::new(),
    };
    reader.visit_file(file);
    reader.found.remove(name);
    reader.found
}

/// Looks for the modules that the paths of a file name.
struct Reader<'a> {
    /// Where it is, inner modules included.
    module: Vec<String>,
    names: &'a BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Reader<'_> {
    /// Takes the longest part of a path that is a module.
    fn path(&mut self, path: &[String]) {
        let mut base = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("super" | "self") => self.module.clone(),
            Some(first) => {
                // A child by its bare name.
                let mut child = self.module.clone();
                child.push(first.to_owned());
                if !self.names.contains(&child.join("/")) {
                    return;
                }
                self.module.clone()
            }
            None => return,
        };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                part => base.push(part.to_owned()),
            }
        }
        let longest = (1..=base.len())
            .rev()
            .map(|length| base[..length].join("/"));
        self.found
            .extend(longest.into_iter().find(|name| self.names.contains(name)));
    }

    fn tree(&mut self, tree: &UseTree, prefix: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, prefix);
                }
            }
            UseTree::Name(name) => self.leaf(prefix, &name.ident.to_string()),
            UseTree::Rename(rename) => self.leaf(prefix, &rename.ident.to_string()),
            UseTree::Glob(_) => self.path(prefix),
        }
    }

    fn leaf(&mut self, prefix: &mut Vec<String>, name: &str) {
        prefix.push(name.to_owned());
        self.path(prefix);
        prefix.pop();
    }

    /// A macro's arguments are no syntax tree: its paths are looked for word by word.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(colon) if colon.as_char() == ':' => colons += 1,
                TokenTree::Ident(word) if colons == 2 && !path.is_empty() => {
                    path.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Ident(word) => {
                    self.path_from_root(&path);
                    path = vec![word.to_string()];
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.path_from_root(&path);
                    path.clear();
                    self.tokens(group.stream());
                }
                _ => {
                    self.path_from_root(&path);
                    path.clear();
                }
            }
        }
        self.path_from_root(&path);
    }

    fn path_from_root(&mut self, path: &[String]) {
        if matches!(path.first().map(String::as_str), Some("crate" | "super")) {
            self.path(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let words = path.segments.iter().map(|part| part.ident.to_string());
            self.path(&words.collect::<Vec<_>>());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.tokens.clone());
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if is_test(&item.attrs) || item.content.is_none() {
            return;
        }
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }
}

/// Files that import each other, directly or by others: the strongly connected parts.
fn circles(arrows: &Arrows) -> BTreeSet<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = arrows
        .keys()
        .map(|file| (file, reachable(arrows, file)))
        .collect();
    let mutual = |file: &String| {
        let back = reached[file]
            .iter()
            .filter(|other| reached[**other].contains(file));
        back.map(|other| (*other).clone()).collect::<Vec<_>>()
    };
    let all = arrows.keys().map(mutual);
    all.filter(|circle| circle.len() > 1).collect()
}

/// What a file imports, itself only where a way leads back to it.
fn reachable<'a>(arrows: &'a Arrows, from: &String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = arrows[from].iter().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(arrows.get(file).into_iter().flatten());
        }
    }
    found
}

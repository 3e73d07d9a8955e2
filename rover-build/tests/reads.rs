//! What the analysis finds in every example's handlers.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;

#[test]
fn examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut text = String::new();
    for example in ["hello", "echo", "bookshop"] {
        let manifest = folder.join(example).join("routes.lua");
        let compiled =
            rover_build::compile_form(&manifest, rover_build::Form::Specialised).unwrap();
        writeln!(text, "# {example}").unwrap();
        for route in &compiled.app.routes {
            let (reads, needs) = (&route.reads, &route.needs);
            write!(text, "{} {}:", route.method, route.pattern()).unwrap();
            for (what, names) in [
                ("params", &reads.params),
                ("query", &reads.query),
                ("headers", &reads.headers),
                ("cookies", &reads.cookies),
                ("body", &reads.body),
                ("members", &reads.members),
            ] {
                if !names.is_empty() {
                    write!(text, " {what}({})", names.join(" ")).unwrap();
                }
            }
            let expects = &route.expects;
            for (what, schema) in [
                ("params", &expects.params),
                ("query", &expects.query),
                ("body", &expects.body),
            ] {
                if let Some(schema) = schema {
                    let names: Vec<&str> = schema.fields().iter().map(|f| &*f.name).collect();
                    write!(text, " expects-{what}({})", names.join(" ")).unwrap();
                }
            }
            for (what, is) in [
                ("escapes", reads.escapes),
                ("needs-ctx", needs.ctx),
                ("needs-body", needs.body),
                ("constant", needs.constant),
            ] {
                text.push_str(if is { " " } else { "" });
                text.push_str(if is { what } else { "" });
            }
            for returned in &route.returns {
                write!(text, "\n    -> {returned}").unwrap();
            }
            text.push('\n');
        }
    }
    insta::assert_snapshot!(text);
}

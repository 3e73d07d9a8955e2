//! The schemas that the compiler finds in the source.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use rover_build::Form;
use rover_model::guard::{Kind, Schema};

#[test]
fn schemas_are_found_where_they_cannot_change() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guards/routes.lua");
    let app = rover_build::compile_form(&manifest, Form::Specialised)
        .unwrap()
        .app;
    let body = |path: &str| -> Option<&Schema> {
        let route = app.routes.iter().find(|r| r.pattern() == path).unwrap();
        route.expects.body.as_ref()
    };
    let book = body("/same/builder").unwrap();
    let names: Vec<&str> = book.fields().iter().map(|f| &*f.name).collect();
    assert_eq!(names, ["title", "price", "tags"]);
    let title = &book.fields()[0].schema;
    assert_eq!(title.message.as_deref(), Some("A title, please"));
    assert!(matches!(&title.kind, Kind::String(rules) if rules.length.max == Some(80)));
    let mut seen = (0, 0);
    for route in &app.routes {
        let path = route.pattern();
        match path.starts_with("/same/") {
            true => {
                assert_eq!(body(&path), Some(book), "{path}");
                seen.0 += 1;
            }
            false => {
                assert_eq!(body(&path), None, "{path}");
                seen.1 += 1;
            }
        }
    }
    assert!(seen.0 >= 9 && seen.1 >= 9, "{seen:?}");
}

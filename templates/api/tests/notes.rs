use rover::TestClient;

fn client() -> TestClient {
    api::routes::app().client().unwrap()
}

#[test]
fn a_note_is_made_found_and_deleted() {
    let client = client();
    let made = client.post("/notes").json_text(r#"{"text":"milk"}"#).send().unwrap();
    assert_eq!(made.status(), 201);
    assert_eq!(made.header("location"), Some("/notes/1"));
    let found = client.get("/notes/1").send().unwrap();
    assert_eq!(found.text(), r#"{"id":1,"text":"milk"}"#);
    assert_eq!(client.delete("/notes/1").send().unwrap().status(), 204);
    assert_eq!(client.get("/notes/1").send().unwrap().status(), 404);
}

#[test]
fn notes_are_searched() {
    let client = client();
    for text in ["milk", "bread", "milkshake"] {
        let note = format!(r#"{{"text":"{text}"}}"#);
        client.post("/notes").json_text(&note).send().unwrap();
    }
    let found = client.get("/notes?q=milk").send().unwrap();
    assert_eq!(
        found.text(),
        r#"{"notes":[{"id":1,"text":"milk"},{"id":3,"text":"milkshake"}]}"#
    );
    let none = client.get("/notes?q=tea").send().unwrap();
    assert_eq!(none.text(), r#"{"notes":[]}"#);
}

#[test]
fn a_note_needs_a_text() {
    let client = client();
    let refused = client.post("/notes").json_text("{}").send().unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.text(), r#"{"error":"text is required"}"#);
    assert_eq!(client.post("/notes").send().unwrap().status(), 400);
}

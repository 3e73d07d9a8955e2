rover::app!("routes.lua");

#[cfg(test)]
mod tests {
    use rover::{TestClient, TestResponse};

    fn write(client: &TestClient, form: &str) -> TestResponse {
        let request = client.post("/").body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().unwrap()
    }

    #[test]
    fn a_note_is_written_and_shown() {
        let client = super::app().client().unwrap();
        let empty = client.get("/").send().unwrap();
        assert_eq!(empty.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(empty.text().contains("There are no notes yet."));
        let written = write(&client, "text=Milk+%26+<b>bread</b>");
        assert_eq!(written.status(), 303);
        let page = client.get("/").send().unwrap();
        assert!(page.text().contains("<article>Milk &amp; &lt;b&gt;bread&lt;/b&gt;</article>"));
    }

    #[test]
    fn a_note_needs_a_text() {
        let client = super::app().client().unwrap();
        let refused = write(&client, "text=++");
        assert_eq!(refused.status(), 422);
        assert!(refused.text().contains("class=\"problem\""));
    }

    #[test]
    fn what_is_not_there_has_a_page() {
        let client = super::app().client().unwrap();
        let missing = client.get("/nowhere").send().unwrap();
        assert_eq!(missing.status(), 404);
        assert!(missing.text().contains("<code>/nowhere</code>"));
    }
}

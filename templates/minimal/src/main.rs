rover::app!("routes.lua");

#[cfg(test)]
mod tests {
    #[test]
    fn says_hello() {
        let client = super::app().client().unwrap();
        let response = client.get("/hello/World").send().unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.text(), r#"{"message":"Hello, World!"}"#);
    }
}

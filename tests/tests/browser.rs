//! A browser loads the guestbook after hostile texts were written into it: nothing of them
//! runs, and every place shows them as they are. Needs Chromium, and is asked for by name:
//! `.ci/browser`.

use std::path::PathBuf;
use std::process::Command;

use rover_tests::browser::chromium;
use rover_tests::programs::EXAMPLES;
use rover_tests::{IN_MEMORY, Server};

/// What each of these would do if it ran leaves `data-ran` on the document's element.
const RUN: &str = "document.documentElement.dataset.ran=1";

fn payloads() -> Vec<String> {
    let forms = [
        "<script>RUN</script>",
        "</script><script>RUN</script>",
        "</title></textarea></style><script>RUN</script>",
        "\"><script>RUN</script>",
        "'><script>RUN</script>",
        "<img src=x onerror=RUN>",
        "\" onerror=RUN autofocus onfocus=RUN x=\"",
        "' onmouseover=RUN style='animation: x' x='",
        "<svg onload=RUN>",
        "<svg><animate onbegin=RUN attributeName=x dur=1s>",
        "javascript:RUN",
        "JaVa\tScRiPt:RUN",
        "\u{1}javascript:RUN",
        "data:text/html,<script>RUN</script>",
        "\";RUN;//",
        "';RUN;//",
        "\\\";RUN;//",
        "`${RUN}`",
        "*/RUN;/*",
        "]]>RUN<!--<script>",
        "<!--<script>RUN",
        "--><img src=x onerror=RUN>",
        "\u{2028}RUN\u{2029}",
        "red;background:url(javascript:RUN)",
        "</style><img src=x onerror=RUN>",
        "&quot;&lt;b&gt;&#39;RUN",
        "<details open ontoggle=RUN>",
        "{{ RUN }}",
        "<base href=//x.example>RUN",
        "<meta http-equiv=refresh content='0;url=javascript:RUN'>",
    ];
    let run = |form: &str| form.replace("RUN", RUN);
    forms.iter().map(|form| run(form)).collect()
}

/// The document after its scripts ran; what the browser says where there is none, which is
/// asked for again: a browser that starts slowly may lose one of its own processes.
fn dom(browser: &PathBuf, profile: &str, url: &str) -> Result<String, String> {
    let mut said = String::new();
    for _ in 0..3 {
        let output = Command::new(browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                // A container's shared memory may be small.
                "--disable-dev-shm-usage",
            ])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--dump-dom"])
            .arg("--virtual-time-budget=2000")
            .arg(format!("--user-data-dir={profile}"))
            .arg(url)
            .output()
            .expect("the browser starts");
        let document = String::from_utf8_lossy(&output.stdout).into_owned();
        if document.contains("</html>") {
            return Ok(document);
        }
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    Err(said)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A text as a browser writes it out (HTML Standard, 13.3).
fn text(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('\u{a0}', "&nbsp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The value of an attribute; browsers differ in whether brackets are escaped.
fn attribute(dom: &str, name: &str, value: &str) -> bool {
    let quoted = value.replace('&', "&amp;").replace('"', "&quot;");
    let brackets = quoted.replace('<', "&lt;").replace('>', "&gt;");
    [quoted, brackets]
        .iter()
        .any(|value| dom.contains(&format!("{name}=\"{value}\"")))
}

#[test]
#[ignore = "needs Chromium: see .ci/browser"]
fn hostile_texts_are_texts() {
    let browser = chromium().expect("Chromium is installed");
    let guestbook = EXAMPLES.iter().find(|(name, ..)| *name == "guestbook");
    let (_, app, reference) = guestbook.expect("the guestbook is an example");
    let profile = format!("{}/browser-control", env!("CARGO_TARGET_TMPDIR"));
    let control = format!("data:text/html,<svg onload={RUN}>");
    let control = match dom(&browser, &profile, &control) {
        Ok(control) => control,
        Err(said) => {
            eprintln!("left out: the browser shows no page on this machine: {said}");
            return;
        }
    };
    assert!(
        control.contains("data-ran"),
        "a script that runs would show: {control}"
    );
    for (form, app) in [("specialised", app), ("as written", reference)] {
        let server = Server::start(app().environment(IN_MEMORY).log_level(rover::LogLevel::Off));
        let profile = format!("{}/browser-{form}", env!("CARGO_TARGET_TMPDIR"));
        let payloads = payloads();
        for payload in &payloads {
            let value = encoded(payload);
            let body = format!("name={value}&message={value}&website={value}&colour={value}");
            let answer = server.send(
                format!(
                    "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\
                     Content-Type: application/x-www-form-urlencoded\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
                .as_bytes(),
            );
            assert_eq!(answer.status, 303, "{payload}");
        }
        let address = server.address();
        let page = dom(&browser, &profile, &format!("http://{address}/")).expect("a page");
        safe(&page, form);
        for payload in &payloads {
            let payload = payload.trim_ascii();
            let message = format!("<p>{}</p>", text(payload));
            assert!(
                page.contains(&message),
                "{form}: no text {payload:?} in {page}"
            );
            let title = format!("By {payload}");
            assert!(
                attribute(&page, "title", &title),
                "{form}: no title {title:?} in {page}"
            );
        }
        // The script got the name as it was written.
        let last = payloads
            .last()
            .map(|p| text(p.trim_ascii()))
            .unwrap_or_default();
        let footer = format!("{} so far, {last} at last", payloads.len() + 1);
        assert!(page.contains(&footer), "{form}: no {footer:?} in {page}");
        for payload in payloads.iter().take(8) {
            let url = format!("http://{address}/?q={}", encoded(payload));
            let page = dom(&browser, &profile, &url).expect("a page");
            safe(&page, form);
            assert!(
                attribute(&page, "value", payload),
                "{form}: no value {payload:?} in {page}"
            );
        }
    }
}

/// Nothing ran that the page did not have itself, and no link would.
fn safe(page: &str, form: &str) {
    assert!(
        page.contains("so far"),
        "{form}: the page's own script ran in {page}"
    );
    assert!(!page.contains("data-ran"), "{form}: {page}");
    let lower = page.to_ascii_lowercase();
    for link in [
        "href=\"javascript",
        "href=\"data:",
        "href=\"\u{1}",
        "src=\"x",
    ] {
        assert!(!lower.contains(link), "{form}: {link} in {page}");
    }
}

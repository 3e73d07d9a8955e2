use proptest::prelude::*;

use super::*;

const TYPE: &[u8] = b"multipart/form-data; boundary=b";

fn multipart(body: &[u8]) -> Result<Vec<Field<'_>>, FormError> {
    read(Some(TYPE), body)
}

fn text<'a>(name: &'a str, value: &'a str) -> Field<'a> {
    Field {
        name: name.into(),
        value: Value::Text(value.into()),
    }
}

fn file<'a>(name: &'a str, filename: &'a str, kind: Option<&'a str>, data: &'a [u8]) -> Field<'a> {
    Field {
        name: name.into(),
        value: Value::File(File {
            filename: filename.into(),
            content_type: kind.map(Cow::Borrowed),
            data,
        }),
    }
}

/// The one part whose disposition has these parameters.
fn disposed(parameters: &str) -> Result<(String, Option<String>), FormError> {
    let body = format!("--b\r\nContent-Disposition: form-data{parameters}\r\n\r\nx\r\n--b--\r\n");
    let fields = multipart(body.as_bytes())?;
    let name = fields[0].name.clone().into_owned();
    let filename = match &fields[0].value {
        Value::Text(_) => None,
        Value::File(file) => Some(file.filename.clone().into_owned()),
    };
    Ok((name, filename))
}

fn message(result: Result<impl std::fmt::Debug, FormError>) -> String {
    let error = result.expect_err("an error");
    format!("{} {error}", error.status().as_u16())
}

#[test]
fn what_browsers_send() {
    let body = b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA \xff text\r\n\
        --b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"cat.png\"\r\n\
        Content-Type: image/png\r\n\r\n\x89PNG\r\n\x00--b\r\n\r\n--b--\r\n";
    let expect = vec![
        text("title", "A \u{fffd} text"),
        file(
            "photo",
            "cat.png",
            Some("image/png"),
            b"\x89PNG\r\n\x00--b\r\n",
        ),
    ];
    assert_eq!(multipart(body), Ok(expect));
}

#[test]
fn forms_without_fields() {
    assert_eq!(multipart(b"--b--"), Ok(vec![]));
    assert_eq!(multipart(b"--b--\r\n"), Ok(vec![]));
    assert_eq!(
        multipart(b"preamble\r\n--b-- \t\r\nepilogue\r\n--b\r\n"),
        Ok(vec![])
    );
    assert_eq!(
        read(Some(b"application/x-www-form-urlencoded"), b""),
        Ok(vec![])
    );
}

#[test]
fn a_file_that_was_not_chosen() {
    let body = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n";
    assert_eq!(multipart(body), Ok(vec![]));
}

#[test]
fn lines_that_only_look_like_delimiters() {
    for inner in [
        "x--b",
        "\r\n--bc",
        "\r\n--b x",
        "\r\n--b--x",
        "\r\n--b-",
        "\r--b--",
        "\n--b--",
    ] {
        let body = format!("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n{inner}\r\n--b--");
        let fields = multipart(body.as_bytes());
        assert_eq!(fields, Ok(vec![text("a", inner)]), "{inner:?}");
    }
}

#[test]
fn spaces_after_a_boundary() {
    let body = b"--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--  ";
    assert_eq!(multipart(body), Ok(vec![text("a", "1")]));
}

#[test]
fn a_part_that_ends_with_its_headers() {
    let body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--";
    assert_eq!(multipart(body), Ok(vec![text("a", "")]));
}

#[test]
fn names() {
    let name = |parameters: &str| disposed(parameters).map(|(name, _)| name);
    assert_eq!(name("; name=plain"), Ok("plain".into()));
    assert_eq!(name("; NAME=\"a b\""), Ok("a b".into()));
    assert_eq!(name(";name=\"a;b\" ; x=y;"), Ok("a;b".into()));
    assert_eq!(name(r#"; name="a\"b\\c\d""#), Ok(r#"a"b\c\d"#.into()));
    assert_eq!(
        name("; name=\"a%22b%0D%0Ac%41\""),
        Ok("a\"b\r\nc%41".into())
    );
    assert_eq!(name("; name=\"gr\u{fc}n\""), Ok("gr\u{fc}n".into()));
    assert_eq!(name("; name=\"\""), Ok(String::new()));
}

#[test]
fn names_of_files() {
    let name = |parameters: &str| {
        disposed(&format!("; name=f{parameters}")).map(|(_, name)| name.unwrap_or_default())
    };
    assert_eq!(name("; filename=\"a.txt\""), Ok("a.txt".into()));
    assert_eq!(name("; filename=\"../../etc/passwd\""), Ok("passwd".into()));
    assert_eq!(name(r#"; filename="C:\dir\a.txt""#), Ok("a.txt".into()));
    assert_eq!(
        name("; filename=\"=?UTF-8?B?w7w=?=\""),
        Ok("=?UTF-8?B?w7w=?=".into())
    );
    assert_eq!(
        name("; filename*=UTF-8''na%C3%AFve.txt"),
        Ok("na\u{ef}ve.txt".into())
    );
    assert_eq!(name("; filename*=utf-8'en'a; filename=b"), Ok("b".into()));
    assert!(name("; filename*=iso-8859-1''a").is_err());
    assert!(name("; filename*=UTF-8''%ff").is_err());
    assert!(name("; filename*=a").is_err());
}

#[test]
fn malformed_parts() {
    let part = |head: &str| {
        let body = format!("--b\r\n{head}\r\n\r\nx\r\n--b--\r\n");
        message(multipart(body.as_bytes()))
    };
    let plain = "Content-Disposition: form-data; name=a";
    for (head, expect) in [
        (
            "Content-Type: text/plain".to_owned(),
            "no content-disposition",
        ),
        (
            "Content-Disposition: attachment; name=a".to_owned(),
            "not form-data",
        ),
        ("Content-Disposition: form-data".to_owned(), "no name"),
        (format!("{plain}; name=b"), "two names"),
        (format!("{plain}; name"), "parameter"),
        (format!("{plain}\"b"), "parameter"),
        (format!("{plain}; filename=\"x"), "not closed"),
        (format!("{plain}; filename=\"x\\\""), "not closed"),
        (format!("{plain}\"x\"y"), "parameter"),
        (format!("{plain}\r\n{plain}"), "repeats a header"),
        (format!("{plain}\r\n folded: 1"), "headers"),
        (format!("{plain}\r\nX-\u{0}: 1"), "headers"),
        (format!("{plain}\r\nX: \u{0}"), "headers"),
        (format!("{plain}\nX: 1"), "without CR"),
        (
            format!("{plain}\r\nContent-Transfer-Encoding: base64"),
            "transfer-encoding",
        ),
        ("no header at all".to_owned(), "headers"),
    ] {
        let message = part(&head);
        assert!(
            message.starts_with("400 Malformed form: "),
            "{head:?}: {message}"
        );
        assert!(message.contains(expect), "{head:?}: {message}");
    }
}

#[test]
fn malformed_bodies() {
    let head = "Content-Disposition: form-data; name=a";
    for body in [
        String::new(),
        "a=1&b=2".to_owned(),
        "--b".to_owned(),
        "--b\r\n".to_owned(),
        "--b\r\n--b--".to_owned(),
        "--c--".to_owned(),
        "x--b--".to_owned(),
        format!("--b\r\n{head}\r\n\r\nx"),
        format!("--b\r\n{head}\r\n\r\nx\r\n--b"),
        format!("--b\r\n{head}\r\n\r\nx\r\n--b\r\n"),
        format!("--b\r\n{head}\r\n--b--"),
        format!("--b\n{head}\n\nx\n--b--\n"),
    ] {
        let message = message(multipart(body.as_bytes()));
        assert!(
            message.starts_with("400 Malformed form: "),
            "{body:?}: {message}"
        );
    }
}

#[test]
fn content_types() {
    let with = |content_type: &str| read(Some(content_type.as_bytes()), b"--b--").map(|_| ());
    assert_eq!(
        with("Multipart/Form-Data; charset=utf-8; Boundary=\"b\""),
        Ok(())
    );
    assert_eq!(
        with("application/x-www-form-urlencoded;charset=utf-8"),
        Ok(())
    );
    for other in [
        "",
        "multipart/form-dataX; boundary=b",
        "multipart/mixed; boundary=b",
        "text/plain",
    ] {
        assert_eq!(with(other), Err(FormError::ContentType), "{other}");
    }
    assert_eq!(read(None, b""), Err(FormError::ContentType));
    let long = "b".repeat(71);
    for parameters in [
        "",
        ";",
        "; boundary",
        "; boundary=",
        "; boundary=\"b",
        "; boundary=\"b \"",
        "; boundary=b b",
        "; boundary=b; boundary=b",
        "; boundary=\u{fc}",
        &format!("; boundary={long}"),
    ] {
        let message = message(with(&format!("multipart/form-data{parameters}")));
        assert!(message.starts_with("400 "), "{parameters}: {message}");
    }
    let odd = b"multipart/form-data; boundary=----=_Part_1'()+_,-./:?";
    assert_eq!(read(Some(odd), b"------=_Part_1'()+_,-./:?--"), Ok(vec![]));
}

#[test]
fn limits() {
    let part = |name: &str, more: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n\r\n")
    };
    let many = |count: usize| format!("{}--b--", part("a", "").repeat(count));
    assert_eq!(multipart(many(1000).as_bytes()).map(|f| f.len()), Ok(1000));
    assert_eq!(multipart(many(1001).as_bytes()), Err(TOO_MANY));
    assert_eq!(multipart(many(100_000).as_bytes()), Err(TOO_MANY));
    let long = "n".repeat(1025);
    let name = format!("{}--b--", part(&long, ""));
    assert_eq!(multipart(name.as_bytes()), Err(LONG_NAME));
    let filename = format!("{}--b--", part("a", &format!("; filename={long}")));
    assert_eq!(multipart(filename.as_bytes()), Err(LONG_NAME));
    let headers = format!("{}--b--", part("a", &"\r\nX: y".repeat(16)));
    assert!(message(multipart(headers.as_bytes())).starts_with("413 "));
    let header = format!(
        "{}--b--",
        part("a", &format!("\r\nX: {}", "y".repeat(8192)))
    );
    assert!(message(multipart(header.as_bytes())).starts_with("413 "));
    let urlencoded = Some(&b"application/x-www-form-urlencoded"[..]);
    let pairs = |count: usize| "a=1&".repeat(count);
    assert_eq!(
        read(urlencoded, pairs(1000).as_bytes()).map(|f| f.len()),
        Ok(1000)
    );
    assert_eq!(read(urlencoded, pairs(1001).as_bytes()), Err(TOO_MANY));
    assert_eq!(read(urlencoded, long.as_bytes()), Err(LONG_NAME));
}

#[derive(Clone, Debug)]
struct Sent {
    name: String,
    filename: Option<(String, Option<String>)>,
    data: Vec<u8>,
}

/// As HTML's forms write it.
fn encode(fields: &[Sent]) -> Vec<u8> {
    let escaped = |text: &str| {
        text.replace('\r', "%0D")
            .replace('\n', "%0A")
            .replace('"', "%22")
    };
    let mut out = Vec::new();
    for field in fields {
        out.extend(b"--b\r\nContent-Disposition: form-data; name=\"");
        out.extend(format!("{}\"", escaped(&field.name)).into_bytes());
        if let Some((filename, kind)) = &field.filename {
            out.extend(format!("; filename=\"{}\"", escaped(filename)).into_bytes());
            if let Some(kind) = kind {
                out.extend(format!("\r\nContent-Type: {kind}").into_bytes());
            }
        }
        out.extend(b"\r\n\r\n");
        out.extend(&field.data);
        out.extend(b"\r\n");
    }
    out.extend(b"--b--\r\n");
    out
}

fn sent() -> impl Strategy<Value = Sent> {
    let name = "[^\\\\%/\\x00-\\x09\\x0b\\x0c\\x0e-\\x1f\\x7f]{0,20}";
    let kind = proptest::option::of("[a-z]{1,8}/[a-z]{1,8}");
    // Pieces of delimiters, so that what nearly is one occurs.
    let data = proptest::collection::vec(
        prop_oneof![
            any::<u8>().prop_map(|b| vec![b]),
            Just(b"\r\n".to_vec()),
            Just(b"--".to_vec()),
            Just(b"b".to_vec()),
            Just(b"\r\n--c".to_vec()),
        ],
        0..40,
    );
    let data = data.prop_map(|pieces| pieces.concat());
    let file = proptest::option::of((name, kind));
    (name, file, data).prop_map(|(name, filename, data)| Sent {
        name,
        filename,
        data,
    })
}

proptest! {
    #[test]
    fn forms_come_back(fields in proptest::collection::vec(sent(), 0..8)) {
        // A boundary is one that does not occur.
        prop_assume!(fields.iter().all(|f| {
            let whole = [b"\r\n", &f.data[..], b"\r\n"].concat();
            memchr::memmem::find(&whole, b"\r\n--b").is_none()
        }));
        let body = encode(&fields);
        let read = multipart(&body).expect("a form");
        let expect: Vec<Field<'_>> = fields.iter().filter_map(|f| match &f.filename {
            Some((name, _)) if name.is_empty() && f.data.is_empty() => None,
            Some((name, kind)) => Some(file(&f.name, name, kind.as_deref(), &f.data)),
            None => Some(Field {
                name: f.name.as_str().into(),
                value: Value::Text(String::from_utf8_lossy(&f.data)),
            }),
        }).collect();
        prop_assert_eq!(read, expect);
    }

    #[test]
    fn any_bytes_are_an_answer(
        pieces in proptest::collection::vec(
            prop_oneof![
                any::<u8>().prop_map(|b| vec![b]),
                Just(b"\r\n".to_vec()),
                Just(b"--b".to_vec()),
                Just(b"\r\n--b\r\nContent-Disposition: form-data; name=".to_vec()),
                Just(b"\r\n\r\n".to_vec()),
                Just(b"--".to_vec()),
                Just(b"\"".to_vec()),
                Just(b"\\".to_vec()),
            ],
            0..60,
        )
    ) {
        let body = pieces.concat();
        let _ = multipart(&body);
        let content_type = [b"multipart/form-data;", &body[..]].concat();
        let _ = read(Some(&content_type), &body);
    }
}

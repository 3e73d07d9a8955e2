use std::sync::Arc;

use rover_model::sessions::{SameSite, Secret, SessionOptions, SessionStore};

use rover_model::state::StoreOptions;

use super::{FORM_SECRET, Sessions, from_text, to_text};
use crate::stores::memory::Memory;

const NOW: u64 = 1_900_000_000;
const HOUR: u64 = 3600;
const FORM: [u8; FORM_SECRET] = *b"a form's secret!";
const DATA: &[u8] = br#"{"user":7}"#;

fn options(secrets: &[&str], store: SessionStore) -> SessionOptions {
    let secrets = secrets.iter().map(|secret| Secret(secret.repeat(32)));
    SessionOptions {
        secrets: secrets.collect(),
        ttl: HOUR * 1000,
        store,
        name: "session".to_owned(),
        same_site: SameSite::Lax,
        secure: None,
    }
}

fn memory() -> Arc<Memory> {
    Arc::new(Memory::new(StoreOptions::default()))
}

fn sealing(secrets: &[&str]) -> Sessions {
    Sessions::new(options(secrets, SessionStore::Cookie), memory)
}

fn keeping(secrets: &[&str], memory: &Arc<Memory>) -> Sessions {
    let memory = Arc::clone(memory);
    Sessions::new(options(secrets, SessionStore::Shared), || memory)
}

#[test]
fn a_cookie_is_read_as_it_was_made() {
    let sessions = sealing(&["a"]);
    let value = sessions.seal(&FORM, DATA, NOW);
    let content = sessions.open(value.as_bytes(), NOW).expect("it is ours");
    assert_eq!((&content.data[..], content.form_secret), (DATA, FORM));
    assert!(!content.is_due);
    assert_ne!(
        value,
        sessions.seal(&FORM, DATA, NOW),
        "two are never alike"
    );
    assert!(!value.contains(&to_text(DATA)[..8]));
}

/// Every byte changed to every other letter, and every shorter and some longer texts.
fn forgeries(value: &str) -> Vec<Vec<u8>> {
    let value = value.as_bytes();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut found: Vec<Vec<u8>> = (0..value.len()).map(|end| value[..end].to_vec()).collect();
    for at in 0..value.len() {
        for letter in letters.iter().filter(|letter| **letter != value[at]) {
            let mut changed = value.to_vec();
            changed[at] = *letter;
            found.push(changed);
        }
    }
    for more in [&b"A"[..], b"AAAA", b"=", b"==", b" ", b"\""] {
        found.push([value, more].concat());
        found.push([more, value].concat());
    }
    found
}

#[test]
fn what_was_changed_is_no_cookie() {
    let sessions = sealing(&["a"]);
    for forged in forgeries(&sessions.seal(&FORM, DATA, NOW)) {
        let shown = String::from_utf8_lossy(&forged).into_owned();
        assert_eq!(sessions.open(&forged, NOW), None, "{shown}");
    }
    let memory = memory();
    let sessions = keeping(&["a"], &memory);
    let id = sessions.create(&FORM, DATA, NOW).expect("there is room");
    for forged in forgeries(&sessions.name(&id)) {
        let shown = String::from_utf8_lossy(&forged).into_owned();
        assert!(sessions.named(&forged, NOW).is_none(), "{shown}");
    }
    for forged in forgeries(&sessions.form_cookie_value(&FORM)) {
        assert_eq!(sessions.form_secret(&forged), None);
    }
    assert!(
        sessions.named(to_text(&id).as_bytes(), NOW).is_none(),
        "a name alone"
    );
}

#[test]
fn a_cookie_is_of_one_name_one_secret_and_one_purpose() {
    let sessions = sealing(&["a"]);
    let value = sessions.seal(&FORM, DATA, NOW);
    assert_eq!(sealing(&["b"]).open(value.as_bytes(), NOW), None);
    let mut other = options(&["a"], SessionStore::Cookie);
    other.name = "other".to_owned();
    let other = Sessions::new(other, memory);
    assert_eq!(other.open(value.as_bytes(), NOW), None);
    let memory = memory();
    let kept = keeping(&["a"], &memory);
    assert!(kept.named(value.as_bytes(), NOW).is_none());
    assert_eq!(kept.form_secret(value.as_bytes()), None);
    let form = kept.form_cookie_value(&FORM);
    assert!(
        !kept.accepts(&FORM, form.as_bytes()),
        "a cookie is no token"
    );
}

#[test]
fn a_cookie_ends_by_what_it_says_of_its_time() {
    let sessions = sealing(&["a"]);
    let value = sessions.seal(&FORM, DATA, NOW);
    let open = |now| sessions.open(value.as_bytes(), now);
    let due = |now| open(now).map(|content| content.is_due);
    assert_eq!(due(NOW + HOUR / 2), Some(false));
    assert_eq!(due(NOW + HOUR / 2 + 1), Some(true));
    assert_eq!(due(NOW + HOUR - 1), Some(true));
    assert_eq!(open(NOW + HOUR), None);
    assert_eq!(open(u64::MAX), None);
    // Another server's clock may be a little ahead, and this one's may have been set back.
    assert_eq!(due(NOW - 300), Some(false));
    assert_eq!(open(NOW - 301), None);
    assert_eq!(open(0), None);
}

#[test]
fn secrets_take_turns() {
    let old = sealing(&["a"]).seal(&FORM, DATA, NOW);
    let both = sealing(&["b", "a"]);
    let content = both.open(old.as_bytes(), NOW).expect("it is accepted");
    assert!(content.is_due, "and made anew");
    let new = both.seal(&FORM, DATA, NOW);
    assert!(sealing(&["b"]).open(new.as_bytes(), NOW).is_some());
    assert!(sealing(&["a"]).open(new.as_bytes(), NOW).is_none());

    let memory = memory();
    let first = keeping(&["a"], &memory);
    let id = first.create(&FORM, DATA, NOW).expect("there is room");
    let both = keeping(&["b", "a"], &memory);
    let named = both.named(first.name(&id).as_bytes(), NOW);
    assert!(named.is_some_and(|(_, kept)| kept.content.is_due));
    assert!(
        keeping(&["b"], &memory)
            .named(both.name(&id).as_bytes(), NOW)
            .is_some()
    );

    let token = sealing(&["a"]).token(&FORM);
    assert!(sealing(&["b", "a"]).accepts(&FORM, token.as_bytes()));
    assert!(!sealing(&["b"]).accepts(&FORM, token.as_bytes()));
}

#[test]
fn a_kept_session_is_written_by_its_version() {
    let memory = memory();
    let sessions = keeping(&["a"], &memory);
    let id = sessions.create(&FORM, DATA, NOW).expect("there is room");
    let kept = sessions.kept(&id, NOW).expect("it is there");
    let replace = |version, data: &[u8], renews| {
        let written = sessions.replace(&id, version, (data, renews), NOW + HOUR);
        written.expect("there is room")
    };
    assert!(replace(kept.version, b"{}", false));
    assert!(
        !replace(kept.version, b"late", false),
        "somebody was faster"
    );
    let kept = sessions.kept(&id, NOW + HOUR).expect("it is there");
    assert_eq!(
        (&kept.content.data[..], kept.content.form_secret),
        (&b"{}"[..], FORM)
    );
    assert!(kept.content.is_due, "it is as old as it was");
    assert!(replace(kept.version, b"{}", true));
    let kept = sessions.kept(&id, NOW + HOUR).expect("it is there");
    assert!(!kept.content.is_due);
    assert!(!sessions.delete(&id, Some(kept.version + 1)));
    assert!(sessions.delete(&id, None));
    assert!(!replace(kept.version, b"{}", true), "it does not come back");
    assert!(sessions.named(sessions.name(&id).as_bytes(), NOW).is_none());
}

#[test]
fn a_token_is_of_one_secret() {
    let sessions = sealing(&["a"]);
    let (one, other) = (sessions.token(&FORM), sessions.token(&FORM));
    assert_ne!(one, other, "it is masked");
    assert!(sessions.accepts(&FORM, one.as_bytes()) && sessions.accepts(&FORM, other.as_bytes()));
    assert!(!sessions.accepts(b"another's secret", one.as_bytes()));
    for forged in forgeries(&one) {
        assert!(!sessions.accepts(&FORM, &forged));
    }
    assert!(!sessions.accepts(&FORM, b""));
    assert!(!sessions.accepts(&FORM, to_text(&[0; 32]).as_bytes()));
    assert_eq!(from_text(one.as_bytes()).map(|bytes| bytes.len()), Some(32));
}

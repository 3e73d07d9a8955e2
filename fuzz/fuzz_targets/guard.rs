#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rover_tests::fuzz::guard(data));

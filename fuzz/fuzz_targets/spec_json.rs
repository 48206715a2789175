//! libFuzzer's way into `paneline_fuzz::spec_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paneline_fuzz::spec_json(data));

//! libFuzzer's way into `paneline_fuzz::spec_proto`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paneline_fuzz::spec_proto(data));

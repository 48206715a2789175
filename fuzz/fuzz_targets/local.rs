//! libFuzzer's way into `paneline_fuzz::local`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paneline_fuzz::local(data));

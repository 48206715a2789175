//! libFuzzer's way into `paneline_fuzz::duration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paneline_fuzz::duration(data));

//! libFuzzer's way into `paneline_fuzz::assign`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paneline_fuzz::assign(data));

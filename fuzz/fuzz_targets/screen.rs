#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clawtap::fuzzing::screen(bytes));

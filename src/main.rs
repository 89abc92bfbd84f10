//! The program; what it is made of is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    clawtap::main()
}

//! What a program in a terminal has drawn: its bytes, made into lines.

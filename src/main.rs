//! Parses, runs, prints the error, picks the exit code; nothing else.

fn main() {}

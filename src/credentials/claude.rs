//! Claude Code's login: the file or keychain entry it is in, and what can be wrong with it.

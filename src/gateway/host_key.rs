//! Host keys: what a host offers, its fingerprint, and pinning it.

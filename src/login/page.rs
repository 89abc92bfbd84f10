//! The gate for addresses: which pages may be opened.

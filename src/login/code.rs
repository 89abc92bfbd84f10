//! What a person brings back from a sign-in page: its shape, and what is wrong with it.

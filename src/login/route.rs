//! Which sign-in mends which login, pure.

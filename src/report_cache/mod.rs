//! Memory: the last report of each gateway, kept on this device, so that a tap can say at once what is known.

pub(crate) mod record;
pub(crate) mod reports;
pub(crate) mod way;

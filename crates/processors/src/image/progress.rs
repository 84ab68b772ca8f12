//! How far one image is, in per cent.

pub(super) const READ: u8 = 10;
pub(super) const DECODED: u8 = 60;
pub(super) const ENCODED: u8 = 90;

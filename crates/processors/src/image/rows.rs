//! Pictures that come row by row.

use super::Size;
use super::buffers::Buffers;
use super::raster::{Channels, Packed};

/// Where the rows of a picture go, from the first to the last.
pub(super) trait RowSink {
    /// Room for exactly the next row.
    fn next_row(&mut self) -> &mut [u8];

    /// The next row has been written.
    fn accept_row(&mut self);
}

/// Keeps the whole picture.
pub(super) struct AllRows {
    picture: Packed,
    accepted: usize,
}

impl AllRows {
    pub(super) fn new((size, channels): (Size, Channels), buffers: &mut Buffers) -> Self {
        Self { picture: Packed::over(buffers, size, channels), accepted: 0 }
    }

    pub(super) fn finish(self) -> Packed {
        self.picture
    }
}

impl RowSink for AllRows {
    fn next_row(&mut self) -> &mut [u8] {
        let row_bytes = self.picture.size.width as usize * self.picture.channels.count();
        &mut self.picture.samples[self.accepted * row_bytes..][..row_bytes]
    }

    fn accept_row(&mut self) {
        self.accepted += 1;
    }
}

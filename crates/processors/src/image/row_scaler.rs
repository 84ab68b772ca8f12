//! Scales a picture while its rows come: only a band of it is in memory.

use std::ops::Range;

use fast_image_resize::images::{Image, ImageRef};

use super::geometry::{Crop, Target};
use super::raster::{Channels, Packed};
use super::rows::RowSink;
use super::workspace::Workspace;
use super::{Size, lanczos};

/// Rows are collected up to this many bytes, so that the resizer works on many of them at once.
const BAND_BYTES: usize = 1 << 20;

/// Makes one scaled picture, as if the whole had been there (no sample differs by more than one): rows first, which is what the resizer does,
/// then columns.
pub(super) struct RowScaler<'a> {
    workspace: &'a mut Workspace,
    source: Size,
    target: Target,
    channels: Channels,
    crop: Crop,
    band: Vec<u8>,
    /// Rows of the source that the band holds.
    held: Range<u32>,
    /// Columns of the source that show, scaled vertically.
    columns: Packed,
    /// Where these begin in the source.
    left: u32,
    /// Rows of `columns` that are made.
    made: u32,
}

impl<'a> RowScaler<'a> {
    /// A picture of size `source` is to become `target`.
    pub(super) fn new((source, channels): (Size, Channels), target: Target, workspace: &'a mut Workspace) -> Self {
        let crop = target.crop(source);
        let shown = Axis::horizontal(crop, target).reach(0, target.size.width, source.width);
        let tall = Size::new(shown.end - shown.start, target.size.height);
        Self {
            columns: Packed::over(&mut workspace.buffers, tall, channels),
            band: workspace.buffers.take(band_bytes((source, channels.count()), target)),
            workspace,
            source,
            target,
            channels,
            crop,
            held: 0..0,
            left: shown.start,
            made: 0,
        }
    }

    /// The scaled picture, once all rows have come.
    pub(super) fn finish(self) -> Packed {
        let (tall, size, pixel_type) = (self.columns.size, self.target.size, self.channels.pixel_type());
        let mut scaled = Packed::over(&mut self.workspace.buffers, size, self.channels);
        let columns = ImageRef::new(tall.width, tall.height, &self.columns.samples, pixel_type)
            .expect("the buffer holds exactly width x height pixels");
        let mut output = Image::from_slice_u8(size.width, size.height, &mut scaled.samples, pixel_type)
            .expect("the buffer holds exactly width x height pixels");
        let left = self.crop.left - f64::from(self.left);
        let width = self.crop.width.min(f64::from(tall.width) - left);
        let options = lanczos::options().crop(left, 0.0, width, f64::from(tall.height));
        self.workspace.resizer.resize(&columns, &mut output, &options).expect("the crop lies inside of the columns");
        self.workspace.buffers.give(self.columns.samples);
        self.workspace.buffers.give(self.band);
        scaled
    }

    /// Makes all rows that need no others than those held, and forgets what no further row needs.
    fn scale_band(&mut self) {
        let axis = Axis::vertical(self.crop, self.target);
        let (height, all) = (self.source.height, self.target.size.height);
        let can_be_made = |row: &u32| axis.reach(*row, row + 1, height).end <= self.held.end;
        let end = (self.made..all).take_while(can_be_made).last().map_or(self.made, |row| row + 1);
        if end > self.made {
            self.scale_rows(axis, end);
        }
        let needed = if end == all { self.held.end } else { axis.reach(end, end + 1, height).start };
        let needed = needed.clamp(self.held.start, self.held.end);
        let row_bytes = self.row_bytes();
        let kept = (needed - self.held.start) as usize * row_bytes..self.held.len() * row_bytes;
        self.band.copy_within(kept, 0);
        self.held.start = needed;
    }

    fn scale_rows(&mut self, axis: Axis, end: u32) {
        let (tall, pixel_type) = (self.columns.size, self.channels.pixel_type());
        let (count, rows) = (end - self.made, self.held.end - self.held.start);
        let band = &self.band[..rows as usize * self.row_bytes()];
        let band = ImageRef::new(self.source.width, rows, band, pixel_type)
            .expect("the band holds exactly the rows that came");
        let row_bytes = tall.width as usize * self.channels.count();
        let made = &mut self.columns.samples[self.made as usize * row_bytes..end as usize * row_bytes];
        let mut made = Image::from_slice_u8(tall.width, count, made, pixel_type).expect("a row has a size");
        let top = (axis.start + f64::from(self.made) * axis.scale - f64::from(self.held.start)).max(0.0);
        let height = (f64::from(count) * axis.scale).min(f64::from(rows) - top);
        let options = lanczos::options().crop(f64::from(self.left), top, f64::from(tall.width), height);
        self.workspace.resizer.resize(&band, &mut made, &options).expect("the crop lies inside of the band");
        self.made = end;
    }

    fn row_bytes(&self) -> usize {
        self.source.width as usize * self.channels.count()
    }
}

impl RowSink for RowScaler<'_> {
    fn next_row(&mut self) -> &mut [u8] {
        let row_bytes = self.row_bytes();
        &mut self.band[self.held.len() * row_bytes..][..row_bytes]
    }

    fn accept_row(&mut self) {
        self.held.end += 1;
        let is_full = (self.held.len() + 1) * self.row_bytes() > self.band.len();
        if is_full || self.held.end == self.source.height {
            self.scale_band();
        }
    }
}

/// Memory of the band while a picture of size `source` is scaled. Never more than the whole picture.
pub(super) fn band_bytes((source, channels): (Size, usize), target: Target) -> usize {
    let row_bytes = source.width as usize * channels;
    // Twice what one row is made of: with each call, as many rows are made as are kept.
    let rows = 2 * Axis::vertical(target.crop(source), target).rows_per_row();
    (BAND_BYTES / row_bytes).max(rows).clamp(1, source.height as usize) * row_bytes
}

/// How positions of the result lie on one side of the source.
#[derive(Debug, Clone, Copy)]
struct Axis {
    start: f64,
    /// Positions of the source per position of the result.
    scale: f64,
}

impl Axis {
    fn horizontal(crop: Crop, target: Target) -> Self {
        Self { start: crop.left, scale: crop.width / f64::from(target.size.width) }
    }

    fn vertical(crop: Crop, target: Target) -> Self {
        Self { start: crop.top, scale: crop.height / f64::from(target.size.height) }
    }

    fn radius(self) -> f64 {
        lanczos::SUPPORT * self.scale.max(1.0)
    }

    /// What of a side of `len` the filter reads for positions `from..to` of the result, and one more at both ends: the resizer rounds by
    /// itself.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and `len`
    fn reach(self, from: u32, to: u32, len: u32) -> Range<u32> {
        let center = |position: u32| self.start + (f64::from(position) + 0.5) * self.scale;
        let first = (center(from) - self.radius()).floor() - 1.0;
        let last = (center(to - 1) + self.radius()).ceil() + 1.0;
        first.max(0.0) as u32..last.min(f64::from(len)) as u32
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive, and less than the side of a picture
    fn rows_per_row(self) -> usize {
        (2.0 * self.radius()).ceil() as usize + 4
    }
}

#[cfg(test)]
mod tests {
    use turbojpeg::Subsamp;

    use super::*;
    use crate::image::Fit;
    use crate::image::raster::Raster;
    use crate::image::resize::resize;

    /// No two rows alike, no two columns alike.
    fn picture(size: Size) -> Packed {
        let sample = |index: u32| u8::try_from(index.wrapping_mul(2_654_435_761) >> 24).unwrap();
        let samples = (0..size.width * size.height * 3).map(sample).collect();
        Packed { samples, size, channels: Channels::Rgb }
    }

    fn largest_difference(size: Size, fit: Fit) -> u8 {
        let (picture, target) = (picture(size), Target::new(size, fit));
        Workspace::with(|workspace| {
            let mut rows = RowScaler::new((size, Channels::Rgb), target, workspace);
            for samples in picture.samples.chunks_exact(size.width as usize * 3) {
                rows.next_row().copy_from_slice(samples);
                rows.accept_row();
            }
            let scaled = rows.finish();
            let expected = resize(&Raster::Packed(picture), target, Subsamp::None, workspace).into_samples();
            let pairs = scaled.samples.iter().zip(&expected);
            assert_eq!((scaled.size, scaled.samples.len()), (target.size, expected.len()));
            Ok(pairs.map(|(left, right)| left.abs_diff(*right)).max().unwrap())
        })
        .unwrap()
    }

    #[test]
    fn rows_that_come_one_by_one_give_what_the_whole_picture_gives() {
        let inside = |width, height| Fit::Inside(Size::new(width, height));
        let cover = |width, height| Fit::Cover(Size::new(width, height));
        let cases = [
            ((1500, 1100), inside(700, 700)),
            ((1501, 1103), cover(320, 240)),
            ((300, 2100), cover(64, 64)),
            ((2100, 300), cover(64, 64)),
            ((640, 480), inside(640, 480)),
            ((17, 13), cover(320, 240)),
            ((1, 1), cover(32, 32)),
            ((1, 5000), inside(1920, 1080)),
            ((20_000, 30), inside(1920, 1080)),
        ];
        for ((width, height), fit) in cases {
            let difference = largest_difference(Size::new(width, height), fit);
            assert!(difference <= 1, "{width}x{height} {fit:?}: {difference}");
        }
    }
}

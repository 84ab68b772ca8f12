//! Applies the camera's orientation to pixels.

use image::metadata::Orientation;

use super::Size;
use super::buffers::Buffers;
use super::header::transposes;
use super::raster::{Packed, Planar, Raster};

/// A copy of `source` the way a viewer shows it. Chroma must be sampled alike in both directions (4:4:4 or 4:2:0).
pub(super) fn orient(source: &Raster, orientation: Orientation, buffers: &mut Buffers) -> Raster {
    let turned = |size: Size| if transposes(orientation) { size.transposed() } else { size };
    match source {
        Raster::Planar(planar) => {
            let mut oriented = Planar::over(buffers, turned(planar.size), planar.subsamp);
            for (from, to) in planar.shapes().iter().zip(oriented.shapes()) {
                let grid = Grid { stride: from.stride as usize, size: from.visible, orientation };
                grid.copy::<1>(&planar.samples[from.range()], &mut oriented.samples[to.range()]);
            }
            oriented.pad();
            Raster::Planar(oriented)
        }
        Raster::Packed(packed) => {
            let mut oriented = Packed::over(buffers, turned(packed.size), packed.channels);
            let samples = &mut oriented.samples;
            let grid = Grid { stride: packed.size.width as usize, size: packed.size, orientation };
            match packed.channels.count() {
                1 => grid.copy::<1>(&packed.samples, samples),
                3 => grid.copy::<3>(&packed.samples, samples),
                _ => grid.copy::<4>(&packed.samples, samples),
            }
            Raster::Packed(oriented)
        }
    }
}

/// How the pixels of a source are visited.
struct Grid {
    stride: usize,
    size: Size,
    orientation: Orientation,
}

impl Grid {
    /// Writes the pixels, `N` bytes each, row by row in their new order and without padding.
    fn copy<const N: usize>(&self, source: &[u8], target: &mut [u8]) {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (columns, rows) = if transposes(self.orientation) { (height, width) } else { (width, height) };
        let (source, _) = source.as_chunks::<N>();
        let (target, _) = target.as_chunks_mut::<N>();
        for (y, row) in target.chunks_exact_mut(columns).take(rows).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let (from_x, from_y) = self.source_of(x, y);
                *pixel = source[from_y * self.stride + from_x];
            }
        }
    }

    /// Where the pixel shown at `(x, y)` is stored.
    fn source_of(&self, x: usize, y: usize) -> (usize, usize) {
        let (right, bottom) = (self.size.width as usize - 1, self.size.height as usize - 1);
        match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right - x, y),
            Orientation::Rotate180 => (right - x, bottom - y),
            Orientation::FlipVertical => (x, bottom - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, bottom - x),
            Orientation::Rotate270FlipH => (right - y, bottom - x),
            Orientation::Rotate270 => (right - y, x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::raster::Channels;

    fn oriented(exif: u8) -> (Vec<u8>, (u32, u32)) {
        // 1 2 3
        // 4 5 6
        let source = Packed { samples: vec![1, 2, 3, 4, 5, 6], size: Size::new(3, 2), channels: Channels::Gray };
        match orient(&Raster::Packed(source), Orientation::from_exif(exif).unwrap(), &mut Buffers::default()) {
            Raster::Packed(packed) => (packed.samples, (packed.size.width, packed.size.height)),
            Raster::Planar(_) => unreachable!("packed stays packed"),
        }
    }

    #[test]
    fn every_orientation_of_exif_is_applied() {
        assert_eq!(oriented(1), (vec![1, 2, 3, 4, 5, 6], (3, 2)));
        assert_eq!(oriented(2), (vec![3, 2, 1, 6, 5, 4], (3, 2)));
        assert_eq!(oriented(3), (vec![6, 5, 4, 3, 2, 1], (3, 2)));
        assert_eq!(oriented(4), (vec![4, 5, 6, 1, 2, 3], (3, 2)));
        assert_eq!(oriented(5), (vec![1, 4, 2, 5, 3, 6], (2, 3)));
        assert_eq!(oriented(6), (vec![4, 1, 5, 2, 6, 3], (2, 3)));
        assert_eq!(oriented(7), (vec![6, 3, 5, 2, 4, 1], (2, 3)));
        assert_eq!(oriented(8), (vec![3, 6, 2, 5, 1, 4], (2, 3)));
    }
}

//! PNG row by row, shrunk on the way: a picture of 100 megapixels is never in memory as a whole.

use std::io::Cursor;

use fast_image_resize::images::Image as ResizeImage;
use fast_image_resize::{MulDiv, PixelType};
use image::{ColorType, ImageFormat};
use png::{Decoder, DecodingError, Reader, Transformations};
use turbojpeg::Subsamp;

use super::geometry::reduced;
use super::raster::{Channels, Packed, Planar, Raster};
use super::{ImageError, Size};

/// Position of the interlace method: signature, length and type of the first chunk, and twelve bytes of it come before.
const INTERLACE_AT: usize = 28;

/// Whether rows come in their order, once each. Interlaced pictures come in seven passes.
pub(super) fn comes_in_rows(input: &[u8], format: ImageFormat) -> bool {
    format == ImageFormat::Png && input.get(INTERLACE_AT) == Some(&0)
}

/// Channels of the decoded picture.
pub(super) fn channels_of(color: ColorType) -> Channels {
    match color {
        ColorType::L8 | ColorType::L16 => Channels::Gray,
        color if color.has_alpha() => Channels::Rgba,
        _ => Channels::Rgb,
    }
}

/// Decodes a picture of `size` at 1/`reduction`. Alpha comes out premultiplied.
pub(super) fn decode(input: &[u8], size: Size, reduction: u32) -> Result<Raster, ImageError> {
    let mut decoder = Decoder::new(Cursor::new(input));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let shown = reduced(size, reduction);
    let samples = match reader.output_color_type().0 {
        png::ColorType::Grayscale => Shrinker::<1>::new(size, reduction).read(&mut reader, |_| {})?,
        png::ColorType::GrayscaleAlpha => Shrinker::<4>::new(size, reduction).read(&mut reader, spread)?,
        png::ColorType::Rgba => Shrinker::<4>::new(size, reduction).read(&mut reader, |_| {})?,
        _ => Shrinker::<3>::new(size, reduction).read(&mut reader, |_| {})?,
    };
    Ok(match samples.len() / (shown.width as usize * shown.height as usize) {
        1 => Raster::Planar(Planar { samples, size: shown, subsamp: Subsamp::Gray }),
        3 => Raster::Packed(Packed { samples, size: shown, channels: Channels::Rgb }),
        _ => Raster::Packed(Packed { samples, size: shown, channels: Channels::Rgba }),
    })
}

/// Grey with alpha, in the first half of a row, to RGBA.
fn spread(row: &mut [u8]) {
    for pixel in (0..row.len() / 4).rev() {
        let (gray, alpha) = (row[2 * pixel], row[2 * pixel + 1]);
        row[4 * pixel..4 * pixel + 4].copy_from_slice(&[gray, gray, gray, alpha]);
    }
}

/// Averages squares of pixels with `N` samples each. 16 bits hold the sum of 8 x 8 samples.
struct Shrinker<const N: usize> {
    size: Size,
    factor: usize,
    sums: Vec<u16>,
    output: Vec<u8>,
}

impl<const N: usize> Shrinker<N> {
    fn new(size: Size, factor: u32) -> Self {
        let shown = reduced(size, factor);
        let row = shown.width as usize * N;
        Self {
            size,
            factor: factor as usize,
            sums: vec![0; row],
            output: Vec::with_capacity(row * shown.height as usize),
        }
    }

    fn read(mut self, reader: &mut Reader<Cursor<&[u8]>>, expand: impl Fn(&mut [u8])) -> Result<Vec<u8>, ImageError> {
        let mut row = vec![0; self.size.width as usize * N];
        let alpha = MulDiv::new();
        let mut rows_in_sums = 0;
        for y in 1..=self.size.height {
            let stored = reader.output_line_size(self.size.width).unwrap_or(usize::MAX);
            let target = row.get_mut(..stored).ok_or_else(|| corrupt("a row is longer than the header says"))?;
            reader.read_row(target)?.ok_or_else(|| corrupt("the picture has fewer rows than its header says"))?;
            expand(&mut row);
            if N == 4 {
                let mut pixels = ResizeImage::from_slice_u8(self.size.width, 1, &mut row, PixelType::U8x4)
                    .expect("a row holds exactly its pixels");
                alpha.multiply_alpha_inplace(&mut pixels).expect("four channels of 8 bits have an alpha channel");
            }
            if self.factor == 1 {
                self.output.extend_from_slice(&row);
                continue;
            }
            self.add(&row);
            rows_in_sums += 1;
            if rows_in_sums == self.factor || y == self.size.height {
                self.average(rows_in_sums);
                rows_in_sums = 0;
            }
        }
        Ok(self.output)
    }

    fn add(&mut self, row: &[u8]) {
        match self.factor {
            2 => self.add_squares::<2>(row),
            4 => self.add_squares::<4>(row),
            _ => self.add_squares::<8>(row),
        }
    }

    /// A factor that is known at compile time is what lets this loop be vectorised.
    fn add_squares<const FACTOR: usize>(&mut self, row: &[u8]) {
        let (pixels, _) = row.as_chunks::<N>();
        let (sums, _) = self.sums.as_chunks_mut::<N>();
        let (squares, rest) = pixels.as_chunks::<FACTOR>();
        for (sum, square) in sums.iter_mut().zip(squares) {
            for pixel in square {
                for (sum, sample) in sum.iter_mut().zip(pixel) {
                    *sum += u16::from(*sample);
                }
            }
        }
        for pixel in rest {
            for (sum, sample) in sums[squares.len()].iter_mut().zip(pixel) {
                *sum += u16::from(*sample);
            }
        }
    }

    /// Writes one row of averages; squares at the right and lower edge may have fewer pixels.
    #[allow(clippy::cast_possible_truncation)] // an average of bytes is one
    fn average(&mut self, rows: usize) {
        let whole = self.size.width as usize / self.factor;
        let rest = self.size.width as usize % self.factor;
        let (inner, edge) = self.sums.split_at(whole * N);
        let mut write = |sums: &[u16], count: usize| {
            let count = count as u32;
            self.output.extend(sums.iter().map(|sum| ((u32::from(*sum) + count / 2) / count) as u8));
        };
        write(inner, self.factor * rows);
        if rest > 0 {
            write(edge, rest * rows);
        }
        self.sums.fill(0);
    }
}

fn corrupt(detail: &str) -> ImageError {
    ImageError::Corrupt { detail: detail.to_owned() }
}

impl From<DecodingError> for ImageError {
    fn from(error: DecodingError) -> Self {
        Self::Corrupt { detail: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(samples: &[u8], size: Size, color: png::ColorType) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, size.width, size.height);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(samples).unwrap();
        file
    }

    fn packed(input: &[u8], size: Size, reduction: u32) -> Vec<u8> {
        match decode(input, size, reduction).unwrap() {
            Raster::Packed(packed) => packed.samples,
            Raster::Planar(planar) => planar.samples,
        }
    }

    #[test]
    fn squares_are_averaged_also_where_the_edge_cuts_them() {
        let size = Size::new(3, 3);
        let input = png(&[10, 20, 31, 30, 40, 51, 7, 8, 9], size, png::ColorType::Grayscale);
        assert_eq!(packed(&input, size, 2), [25, 41, 8, 9]);
        assert_eq!(packed(&input, size, 4), [23]);
        assert_eq!(packed(&input, size, 1), [10, 20, 31, 30, 40, 51, 7, 8, 9]);
    }

    #[test]
    fn the_colour_of_transparent_pixels_counts_for_nothing() {
        let size = Size::new(2, 1);
        let rgba = png(&[200, 100, 50, 255, 9, 9, 9, 0], size, png::ColorType::Rgba);
        assert_eq!(packed(&rgba, size, 2), [100, 50, 25, 128]);
        let gray = png(&[200, 255, 9, 0], size, png::ColorType::GrayscaleAlpha);
        assert_eq!(packed(&gray, size, 2), [100, 100, 100, 128]);
    }
}

//! PNG row by row, shrunk on the way: a picture of 100 megapixels is never in memory as a whole.

use std::io::Cursor;

use fast_image_resize::images::Image as ResizeImage;
use fast_image_resize::{MulDiv, PixelType};
use image::{ColorType, ImageFormat};
use png::{Decoder, DecodingError, Reader, Transformations};
use turbojpeg::Subsamp;

use super::decode::Decoded;
use super::geometry::reduced;
use super::plan::Plan;
use super::raster::{Channels, Packed, Planar, Raster};
use super::row_scaler::RowScaler;
use super::rows::{AllRows, RowSink};
use super::workspace::Workspace;
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

/// Decodes a picture of `size` as `plan` says. Alpha comes out premultiplied.
pub(super) fn decode(input: &[u8], size: Size, plan: &Plan, workspace: &mut Workspace) -> Result<Decoded, ImageError> {
    let mut decoder = Decoder::new(Cursor::new(input));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let channels = match reader.output_color_type().0 {
        png::ColorType::Grayscale => Channels::Gray,
        png::ColorType::GrayscaleAlpha | png::ColorType::Rgba => Channels::Rgba,
        _ => Channels::Rgb,
    };
    let picture = (plan.decoded, channels);
    if let Some(target) = plan.only_target_of_picture() {
        let mut rows = RowScaler::new(picture, target, workspace);
        read((&mut reader, size), plan.reduction, (channels, &mut rows))?;
        return Ok(Decoded::FirstTarget(raster(rows.finish())));
    }
    let mut rows = AllRows::new(picture, &mut workspace.buffers);
    read((&mut reader, size), plan.reduction, (channels, &mut rows))?;
    Ok(Decoded::Picture(raster(rows.finish())))
}

fn read(
    (reader, size): (&mut Reader<Cursor<&[u8]>>, Size),
    reduction: u32,
    (channels, rows): (Channels, &mut dyn RowSink),
) -> Result<(), ImageError> {
    match (channels, reader.output_color_type().0) {
        (Channels::Gray, _) => Shrinker::<1>::new(size, reduction).read(reader, |_| {}, rows),
        (Channels::Rgb, _) => Shrinker::<3>::new(size, reduction).read(reader, |_| {}, rows),
        (_, png::ColorType::GrayscaleAlpha) => Shrinker::<4>::new(size, reduction).read(reader, spread, rows),
        _ => Shrinker::<4>::new(size, reduction).read(reader, |_| {}, rows),
    }
}

fn raster(pixels: Packed) -> Raster {
    match pixels.channels {
        Channels::Gray => Raster::Planar(Planar { samples: pixels.samples, size: pixels.size, subsamp: Subsamp::Gray }),
        _ => Raster::Packed(pixels),
    }
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
}

impl<const N: usize> Shrinker<N> {
    fn new(size: Size, factor: u32) -> Self {
        let row = reduced(size, factor).width as usize * N;
        Self { size, factor: factor as usize, sums: vec![0; row] }
    }

    fn read(
        mut self,
        reader: &mut Reader<Cursor<&[u8]>>,
        expand: impl Fn(&mut [u8]),
        rows: &mut dyn RowSink,
    ) -> Result<(), ImageError> {
        let row_bytes = if self.factor == 1 { 0 } else { self.size.width as usize * N };
        let (mut row, mut rows_in_sums) = (vec![0; row_bytes], 0);
        for y in 1..=self.size.height {
            if self.factor == 1 {
                self.read_row(reader, &expand, rows.next_row())?;
                rows.accept_row();
                continue;
            }
            self.read_row(reader, &expand, &mut row)?;
            self.add(&row);
            rows_in_sums += 1;
            if rows_in_sums == self.factor || y == self.size.height {
                self.average(rows_in_sums, rows.next_row());
                rows.accept_row();
                rows_in_sums = 0;
            }
        }
        Ok(())
    }

    fn read_row(
        &self,
        reader: &mut Reader<Cursor<&[u8]>>,
        expand: impl Fn(&mut [u8]),
        row: &mut [u8],
    ) -> Result<(), ImageError> {
        let stored = reader.output_line_size(self.size.width).unwrap_or(usize::MAX);
        let target = row.get_mut(..stored).ok_or_else(|| corrupt("a row is longer than the header says"))?;
        reader.read_row(target)?.ok_or_else(|| corrupt("the picture has fewer rows than its header says"))?;
        expand(row);
        if N == 4 {
            let mut pixels = ResizeImage::from_slice_u8(self.size.width, 1, row, PixelType::U8x4)
                .expect("a row holds exactly its pixels");
            MulDiv::new().multiply_alpha_inplace(&mut pixels).expect("four channels of 8 bits have an alpha channel");
        }
        Ok(())
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
    fn average(&mut self, rows: usize, output: &mut [u8]) {
        let whole = self.size.width as usize / self.factor;
        let rest = self.size.width as usize % self.factor;
        let (inner, edge) = self.sums.split_at(whole * N);
        let (inner_output, edge_output) = output.split_at_mut(whole * N);
        let write = |sums: &[u16], count: usize, output: &mut [u8]| {
            let count = count as u32;
            for (sample, sum) in output.iter_mut().zip(sums) {
                *sample = ((u32::from(*sum) + count / 2) / count) as u8;
            }
        };
        write(inner, self.factor * rows, inner_output);
        if rest > 0 {
            write(edge, rest * rows, edge_output);
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
        // No target: the picture itself is asked for.
        let plan = Plan { targets: Vec::new(), reduction, decoded: reduced(size, reduction) };
        match Workspace::with(|workspace| decode(input, size, &plan, workspace)).unwrap() {
            Decoded::Picture(raster) => raster.into_samples(),
            Decoded::FirstTarget(_) => unreachable!("there is none"),
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

//! Decoded pixels.

use fast_image_resize::PixelType;
use turbojpeg::{Subsamp, YuvImage};

use super::Size;
use super::buffers::Buffers;

/// 8-bit samples of one picture.
#[derive(Debug)]
pub(super) enum Raster {
    /// Full-range YCbCr planes, or luma alone.
    Planar(Planar),
    /// Interleaved samples.
    Packed(Packed),
}

impl Raster {
    pub(super) fn size(&self) -> Size {
        match self {
            Self::Planar(planar) => planar.size,
            Self::Packed(packed) => packed.size,
        }
    }

    pub(super) fn into_samples(self) -> Vec<u8> {
        match self {
            Self::Planar(planar) => planar.samples,
            Self::Packed(packed) => packed.samples,
        }
    }
}

/// Planes one after another in one buffer, exactly as libjpeg-turbo writes and reads them: no row alignment, and luma padded to
/// whole chroma samples.
#[derive(Debug)]
pub(super) struct Planar {
    pub(super) samples: Vec<u8>,
    pub(super) size: Size,
    pub(super) subsamp: Subsamp,
}

/// Where one plane lies in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaneShape {
    pub(super) offset: usize,
    /// Samples per row, padding included.
    pub(super) stride: u32,
    /// Rows, padding included.
    pub(super) rows: u32,
    /// The part that shows: luma without its padding, chroma whole.
    pub(super) visible: Size,
    /// Luma samples per sample, horizontally and vertically.
    pub(super) sampling: (u32, u32),
}

impl PlaneShape {
    pub(super) fn len(&self) -> usize {
        self.stride as usize * self.rows as usize
    }

    pub(super) fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// The planes of a picture: luma, then the two chroma planes unless it is grey.
pub(super) fn plane_shapes(size: Size, subsamp: Subsamp) -> Vec<PlaneShape> {
    let (horizontal, vertical) = sampling(subsamp);
    let luma = PlaneShape {
        offset: 0,
        stride: size.width.next_multiple_of(horizontal),
        rows: size.height.next_multiple_of(vertical),
        visible: size,
        sampling: (1, 1),
    };
    if subsamp == Subsamp::Gray {
        return vec![luma];
    }
    let visible = Size::new(size.width.div_ceil(horizontal), size.height.div_ceil(vertical));
    let blue = PlaneShape {
        offset: luma.len(),
        stride: visible.width,
        rows: visible.height,
        visible,
        sampling: (horizontal, vertical),
    };
    let red = PlaneShape { offset: luma.len() + blue.len(), ..blue };
    vec![luma, blue, red]
}

/// Bytes of all planes.
pub(super) fn planar_len(size: Size, subsamp: Subsamp) -> usize {
    plane_shapes(size, subsamp).iter().map(PlaneShape::len).sum()
}

fn sampling(subsamp: Subsamp) -> (u32, u32) {
    match subsamp {
        Subsamp::Sub2x1 => (2, 1),
        Subsamp::Sub2x2 => (2, 2),
        Subsamp::Sub1x2 => (1, 2),
        Subsamp::Sub4x1 => (4, 1),
        Subsamp::Sub1x4 => (1, 4),
        _ => (1, 1),
    }
}

impl Planar {
    /// Planes of any content, to be overwritten.
    pub(super) fn over(buffers: &mut Buffers, size: Size, subsamp: Subsamp) -> Self {
        Self { samples: buffers.take(planar_len(size, subsamp)), size, subsamp }
    }

    pub(super) fn shapes(&self) -> Vec<PlaneShape> {
        plane_shapes(self.size, self.subsamp)
    }

    pub(super) fn is_gray(&self) -> bool {
        self.subsamp == Subsamp::Gray
    }

    pub(super) fn as_yuv(&self) -> YuvImage<&[u8]> {
        YuvImage {
            pixels: &self.samples,
            width: self.size.width as usize,
            align: 1,
            height: self.size.height as usize,
            subsamp: self.subsamp,
        }
    }

    pub(super) fn as_yuv_mut(&mut self) -> YuvImage<&mut [u8]> {
        YuvImage {
            pixels: &mut self.samples,
            width: self.size.width as usize,
            align: 1,
            height: self.size.height as usize,
            subsamp: self.subsamp,
        }
    }

    /// Spreads rows that were written without padding and fills the padding by repeating the edge, which costs the encoder least.
    pub(super) fn pad(&mut self) {
        for shape in self.shapes() {
            let (stride, width, height) =
                (shape.stride as usize, shape.visible.width as usize, shape.visible.height as usize);
            let plane = &mut self.samples[shape.range()];
            if stride != width {
                // From the last row up, so that no row is overwritten before it has moved.
                for y in (0..height).rev() {
                    plane.copy_within(y * width..(y + 1) * width, y * stride);
                    let edge = plane[y * stride + width - 1];
                    plane[y * stride + width..(y + 1) * stride].fill(edge);
                }
            }
            for y in height..shape.rows as usize {
                plane.copy_within((height - 1) * stride..height * stride, y * stride);
            }
        }
    }
}

/// Interleaved samples without row padding. Alpha is premultiplied from the decoder to the encoder.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    pub(super) samples: Vec<u8>,
    pub(super) size: Size,
    pub(super) channels: Channels,
}

impl Packed {
    /// Pixels of any content, to be overwritten.
    pub(super) fn over(buffers: &mut Buffers, size: Size, channels: Channels) -> Self {
        let len = size.width as usize * size.height as usize * channels.count();
        Self { samples: buffers.take(len), size, channels }
    }
}

/// What the samples of one pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    /// Luma.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and alpha.
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

impl Channels {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    /// The resizer's name for such pixels.
    pub(super) const fn pixel_type(self) -> PixelType {
        match self {
            Self::Gray => PixelType::U8,
            Self::Rgb => PixelType::U8x3,
            Self::Rgba | Self::Cmyk => PixelType::U8x4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_laid_out_as_libjpeg_turbo_does() {
        let subsampling = [
            Subsamp::None,
            Subsamp::Sub2x1,
            Subsamp::Sub2x2,
            Subsamp::Gray,
            Subsamp::Sub1x2,
            Subsamp::Sub4x1,
            Subsamp::Sub1x4,
        ];
        for subsamp in subsampling {
            for (width, height) in [(1, 1), (17, 13), (64, 48)] {
                let expected = turbojpeg::yuv_pixels_len(width as usize, 1, height as usize, subsamp).unwrap();
                assert_eq!(planar_len(Size::new(width, height), subsamp), expected, "{subsamp:?} {width}x{height}");
            }
        }
    }

    #[test]
    fn padding_repeats_the_edge() {
        let mut planar = Planar::over(&mut Buffers::default(), Size::new(3, 1), Subsamp::Sub2x2);
        planar.samples[..3].copy_from_slice(&[1, 2, 3]);
        planar.pad();
        assert_eq!(&planar.samples[..8], &[1, 2, 3, 3, 1, 2, 3, 3]);
    }
}

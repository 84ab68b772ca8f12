//! From a file's bytes to the bytes of its renditions.

use image::metadata::Orientation;
use tokio_util::sync::CancellationToken;
use turbojpeg::Subsamp;

use super::color::SrgbConverter;
use super::decode::{Decoded, decode};
use super::encode::encode;
use super::geometry::Target;
use super::header::ImageHeader;
use super::orient::orient;
use super::plan::Plan;
use super::raster::Raster;
use super::resize::resize;
use super::workspace::Workspace;
use super::{ImageError, ImageOptions, OutputFormat, Rendition, Size};

/// Images made by [`run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOutput {
    /// Size of the source as a viewer shows it, in pixels.
    pub source: Size,
    /// One per rendition, in their order.
    pub images: Vec<EncodedImage>,
}

/// One encoded image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedImage {
    /// The file's content.
    pub bytes: Vec<u8>,
    /// Its size in pixels.
    pub size: Size,
}

/// A part of the work that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Decoded,
    Encoded,
}

/// Makes all renditions of one image from one decode. Blocks for as long as the pixels take; touches neither network nor disk.
///
/// `input`: an encoded JPEG, PNG, WebP, GIF, BMP or TIFF; of an animation the first frame counts. The camera's orientation is
/// applied, colours are converted to sRGB, and all metadata is dropped.
///
/// # Errors
/// `UnsupportedFormat` if the signature is unknown, `TooManyPixels` before decoding, `Corrupt` if the file is damaged or cut off,
/// `Cancelled` if the token fires between stages.
pub fn run(input: &[u8], options: &ImageOptions, cancel: &CancellationToken) -> Result<ImageOutput, ImageError> {
    let job = PreparedImage::new(input, options)?;
    job.run(input, cancel, |_| {})
}

/// An image whose header has been read and found acceptable.
#[derive(Debug)]
pub(super) struct PreparedImage {
    header: ImageHeader,
    plan: Plan,
    renditions: Vec<Rendition>,
}

impl PreparedImage {
    pub(super) fn new(input: &[u8], options: &ImageOptions) -> Result<Self, ImageError> {
        let header = ImageHeader::read(input, options)?;
        let plan = Plan::new(&header, &options.renditions);
        Ok(Self { header, plan, renditions: options.renditions.clone() })
    }

    /// Peak memory of [`PreparedImage::run`] in bytes, an upper estimate without the input.
    pub(super) fn memory(&self) -> u64 {
        self.plan.memory(&self.header, &self.renditions)
    }

    /// `input` must be what the image was prepared from.
    pub(super) fn run(
        &self,
        input: &[u8],
        cancel: &CancellationToken,
        on_stage: impl Fn(Stage),
    ) -> Result<ImageOutput, ImageError> {
        check(cancel)?;
        Workspace::with(|workspace| {
            let decoded = decode(input, &self.header, &self.plan, workspace)?;
            on_stage(Stage::Decoded);
            let images = self.render(decoded, cancel, workspace)?;
            on_stage(Stage::Encoded);
            Ok(ImageOutput { source: self.header.oriented_size(), images })
        })
    }

    fn render(
        &self,
        decoded: Decoded,
        cancel: &CancellationToken,
        workspace: &mut Workspace,
    ) -> Result<Vec<EncodedImage>, ImageError> {
        let converter = SrgbConverter::new(self.header.icc_profile.as_deref(), decoded.channels());
        let (picture, mut first) = match decoded {
            Decoded::Picture(picture) => (Some(picture), None),
            Decoded::FirstTarget(scaled) => (None, Some(scaled)),
        };
        let mut images = Vec::with_capacity(self.renditions.len());
        let mut finished: Vec<(Target, Raster)> = Vec::new();
        for (rendition, target) in self.renditions.iter().zip(&self.plan.targets) {
            check(cancel)?;
            let chroma = match rendition.format {
                OutputFormat::Jpeg { .. } if converter.is_none() => Subsamp::Sub2x2,
                _ => Subsamp::None,
            };
            let resized = first.take().unwrap_or_else(|| {
                let source = smallest_sufficient(&finished, *target).or(picture.as_ref());
                resize(source.expect("the picture is there for what nothing else serves"), *target, chroma, workspace)
            });
            check(cancel)?;
            images.push(self.finish(&resized, (rendition.format, converter.as_ref()), workspace)?);
            finished.push((*target, resized));
        }
        let rasters = finished.into_iter().map(|(_, raster)| raster).chain(picture);
        rasters.for_each(|raster| workspace.buffers.give(raster.into_samples()));
        Ok(images)
    }

    /// Turns the picture the way a viewer shows it and encodes it.
    fn finish(
        &self,
        resized: &Raster,
        (format, converter): (OutputFormat, Option<&SrgbConverter>),
        workspace: &mut Workspace,
    ) -> Result<EncodedImage, ImageError> {
        if self.header.orientation == Orientation::NoTransforms {
            let bytes = encode(resized, converter, format, &mut workspace.compressor)?;
            return Ok(EncodedImage { bytes, size: resized.size() });
        }
        let shown = orient(resized, self.header.orientation, &mut workspace.buffers);
        let bytes = encode(&shown, converter, format, &mut workspace.compressor)?;
        let size = shown.size();
        workspace.buffers.give(shown.into_samples());
        Ok(EncodedImage { bytes, size })
    }
}

/// The smallest finished picture that `target` can be made from without a visible difference: it costs less to scale.
fn smallest_sufficient(finished: &[(Target, Raster)], target: Target) -> Option<&Raster> {
    finished
        .iter()
        .filter(|(other, _)| target.can_be_made_from(*other))
        .min_by_key(|(other, _)| other.size.pixels())
        .map(|(_, raster)| raster)
}

fn check(cancel: &CancellationToken) -> Result<(), ImageError> {
    if cancel.is_cancelled() { Err(ImageError::Cancelled) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use turbojpeg::{PixelFormat, compress};

    use super::*;
    use crate::image::{Decoders, Fit};

    const SIDE: u32 = 64;

    fn jpeg() -> Vec<u8> {
        let side = SIDE as usize;
        let pixels = turbojpeg::Image {
            pixels: vec![90_u8; side * side],
            width: side,
            pitch: side,
            height: side,
            format: PixelFormat::GRAY,
        };
        compress(pixels.as_deref(), 90, Subsamp::Gray).unwrap().to_vec()
    }

    fn prepared(input: &[u8]) -> PreparedImage {
        let rendition = Rendition { fit: Fit::Inside(Size::new(SIDE, SIDE)), format: OutputFormat::Png };
        let (renditions, decoders) = (vec![rendition; 2], Decoders::default());
        PreparedImage::new(input, &ImageOptions { renditions, max_pixels: 1 << 20, decoders }).unwrap()
    }

    #[test]
    fn cancelling_after_the_decode_encodes_nothing() {
        let (input, cancel) = (jpeg(), CancellationToken::new());
        let result = prepared(&input).run(&input, &cancel, |stage| {
            assert_eq!(stage, Stage::Decoded);
            cancel.cancel();
        });
        assert!(matches!(result, Err(ImageError::Cancelled)));
    }

    #[test]
    fn the_memory_of_an_image_is_known_before_it_is_decoded() {
        let input = jpeg();
        let pixels = u64::from(SIDE * SIDE);
        let needed = prepared(&input).memory();
        assert!((pixels..4 << 20).contains(&needed), "{needed}");
    }
}

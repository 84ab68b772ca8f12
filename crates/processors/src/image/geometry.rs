//! Sizes and crops: pure arithmetic.

use super::{Fit, Size};

/// The scale that must remain for Lanczos after the decoder has shrunk: less would let the decoder's box filter show.
const LEFT_FOR_LANCZOS: f64 = 1.5;
/// A rendition may be made from another one that is this much larger without a visible difference.
const CASCADE_MARGIN: f64 = 2.0;

/// What a rendition comes out as, in the stored (not yet oriented) direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) size: Size,
    pub(super) cropping: Cropping,
}

/// Whether parts of the source are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cropping {
    /// The whole source shows.
    Whole,
    /// The largest centred part with the target's aspect ratio shows.
    Center,
}

/// A part of a picture in pixels; fractions are meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Crop {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Target {
    pub(super) fn new(source: Size, fit: Fit) -> Self {
        match fit {
            Fit::Cover(size) => Self { size, cropping: Cropping::Center },
            Fit::Inside(bounds) => Self { size: inside(source, bounds), cropping: Cropping::Whole },
        }
    }

    pub(super) fn transposed(self) -> Self {
        Self { size: self.size.transposed(), ..self }
    }

    /// The part of a picture of size `source` that shows.
    pub(super) fn crop(self, source: Size) -> Crop {
        let (width, height) = (f64::from(source.width), f64::from(source.height));
        if self.cropping == Cropping::Whole {
            return Crop { left: 0.0, top: 0.0, width, height };
        }
        let aspect = f64::from(self.size.width) / f64::from(self.size.height);
        let (crop_width, crop_height) = (width.min(height * aspect), height.min(width / aspect));
        Crop {
            left: (width - crop_width) / 2.0,
            top: (height - crop_height) / 2.0,
            width: crop_width,
            height: crop_height,
        }
    }

    /// By how much a picture of size `source` is scaled down, in the direction where it is less.
    fn reduction(self, source: Size) -> f64 {
        let crop = self.crop(source);
        (crop.width / f64::from(self.size.width)).min(crop.height / f64::from(self.size.height))
    }

    /// Whether a finished rendition can stand in for the original: it shows at least as much, and is large enough.
    pub(super) fn can_be_made_from(self, other: Self) -> bool {
        let shows_enough = match other.cropping {
            Cropping::Whole => true,
            Cropping::Center => self.cropping == Cropping::Center && self.has_aspect_ratio_of(other),
        };
        shows_enough && self.reduction(other.size) >= CASCADE_MARGIN
    }

    fn has_aspect_ratio_of(self, other: Self) -> bool {
        let cross = |left: Size, right: Size| u64::from(left.width) * u64::from(right.height);
        cross(self.size, other.size) == cross(other.size, self.size)
    }
}

/// `source` scaled down to fit `bounds`, never enlarged, each side at least one pixel.
fn inside(source: Size, bounds: Size) -> Size {
    let scale = (f64::from(bounds.width) / f64::from(source.width))
        .min(f64::from(bounds.height) / f64::from(source.height))
        .min(1.0);
    let scaled = |side: u32| {
        // Between 0 and `side`: neither sign nor range can be lost.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rounded = (f64::from(side) * scale).round() as u32;
        rounded.max(1)
    };
    Size::new(scaled(source.width), scaled(source.height))
}

/// The factor (1, 2, 4 or 8) by which the JPEG decoder may shrink `source` so that every target is still made by Lanczos.
pub(super) fn decoder_reduction(source: Size, targets: &[Target]) -> u32 {
    [8, 4, 2]
        .into_iter()
        .find(|factor| {
            let shrunk = reduced(source, *factor);
            targets.iter().all(|target| target.reduction(shrunk) >= LEFT_FOR_LANCZOS)
        })
        .unwrap_or(1)
}

/// The size the JPEG decoder gives to `source` at 1/`factor`.
pub(super) fn reduced(source: Size, factor: u32) -> Size {
    Size::new(source.width.div_ceil(factor), source.height.div_ceil(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPRESSED: Fit = Fit::Inside(Size::new(1920, 1080));
    const THUMBNAIL: Fit = Fit::Cover(Size::new(320, 240));

    #[test]
    fn inside_keeps_the_aspect_ratio_and_never_enlarges() {
        let cases = [
            ((4000, 3000), (1440, 1080)),
            ((3000, 4000), (810, 1080)),
            ((8000, 1000), (1920, 240)),
            ((640, 480), (640, 480)),
            ((1, 5000), (1, 1080)),
        ];
        for ((width, height), (expected_width, expected_height)) in cases {
            let target = Target::new(Size::new(width, height), COMPRESSED);
            assert_eq!(target.size, Size::new(expected_width, expected_height), "{width}x{height}");
        }
    }

    #[test]
    fn cover_cuts_off_both_sides_evenly() {
        let target = Target::new(Size::new(1000, 300), THUMBNAIL);
        assert_eq!(target.crop(Size::new(1000, 300)), Crop { left: 300.0, top: 0.0, width: 400.0, height: 300.0 });
    }

    #[test]
    fn a_rendition_is_made_from_another_only_if_that_is_twice_as_large() {
        let thumbnail = Target::new(Size::new(4000, 3000), THUMBNAIL);
        let whole = |width, height| Target { size: Size::new(width, height), cropping: Cropping::Whole };
        assert!(thumbnail.can_be_made_from(whole(640, 480)));
        assert!(!thumbnail.can_be_made_from(whole(639, 480)));
    }

    #[test]
    fn a_crop_is_made_from_another_only_if_both_show_the_same() {
        let crop = |width, height| Target::new(Size::new(4000, 3000), Fit::Cover(Size::new(width, height)));
        assert!(crop(128, 128).can_be_made_from(crop(256, 256)));
        assert!(!crop(128, 128).can_be_made_from(crop(512, 256)));
        assert!(!Target::new(Size::new(4000, 3000), Fit::Inside(Size::new(64, 64))).can_be_made_from(crop(512, 512)));
    }

    #[test]
    fn decoder_shrinks_only_while_enough_is_left_for_lanczos() {
        let factor = |width, height, fits: &[Fit]| {
            let source = Size::new(width, height);
            let targets: Vec<_> = fits.iter().map(|fit| Target::new(source, *fit)).collect();
            decoder_reduction(source, &targets)
        };
        assert_eq!(factor(4000, 3000, &[COMPRESSED]), 1);
        assert_eq!(factor(6000, 4000, &[COMPRESSED, THUMBNAIL]), 2);
        assert_eq!(factor(4000, 3000, &[THUMBNAIL]), 8);
        assert_eq!(factor(640, 480, &[COMPRESSED]), 1);
    }
}

//! Everything to sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::raster::{Channels, Packed, Planar};

/// A profile that moves no probe colour by more than this is sRGB under another name.
const SRGB_TOLERANCE: u8 = 1;
const WHITE: u16 = 255;

/// Converts pixels from the colour space of an embedded profile to sRGB.
pub(super) struct SrgbConverter {
    transform: Arc<Transform8BitExecutor>,
    channels: Channels,
}

impl SrgbConverter {
    /// `None` if there is nothing to convert: no profile, sRGB, or a profile that is damaged or made for another kind of samples,
    /// which every viewer ignores.
    pub(super) fn new(icc_profile: Option<&[u8]>, channels: Channels) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc_profile?).ok()?;
        let (expected, from, to) = match channels {
            Channels::Gray => (DataColorSpace::Gray, Layout::Gray, Layout::Rgb),
            Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb),
            Channels::Rgba => (DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba),
            Channels::Cmyk => (DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb),
        };
        if profile.color_space != expected {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let transform = profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok()?;
        let converter = Self { transform, channels };
        (!converter.changes_nothing()).then_some(converter)
    }

    /// Four inks become RGB; other pixels keep their channels, except that grey becomes RGB.
    ///
    /// `pixels` must have the channels the converter was made for.
    pub(super) fn convert(&self, pixels: &Packed) -> Packed {
        let channels = if self.channels == Channels::Rgba { Channels::Rgba } else { Channels::Rgb };
        let count = pixels.samples.len() / self.channels.count();
        let mut samples = vec![0; count * channels.count()];
        self.transform
            .transform(&pixels.samples, &mut samples)
            .expect("source and destination hold the same number of whole pixels");
        Packed { samples, size: pixels.size, channels }
    }

    fn changes_nothing(&self) -> bool {
        let levels = [0, 32, 64, 96, 128, 160, 192, 224, 255];
        let probes: Vec<u8> = match self.channels {
            Channels::Cmyk => return false,
            Channels::Gray => levels.to_vec(),
            Channels::Rgb => grid(&levels).flatten().collect(),
            Channels::Rgba => grid(&levels).flat_map(|[red, green, blue]| [red, green, blue, 255]).collect(),
        };
        let outputs = if self.channels == Channels::Gray { 3 * probes.len() } else { probes.len() };
        let mut converted = vec![0; outputs];
        let repeats = outputs / probes.len();
        self.transform.transform(&probes, &mut converted).is_ok()
            && probes
                .iter()
                .flat_map(|probe| std::iter::repeat_n(probe, repeats))
                .zip(&converted)
                .all(|(before, after)| before.abs_diff(*after) <= SRGB_TOLERANCE)
    }
}

fn grid(levels: &[u8]) -> impl Iterator<Item = [u8; 3]> {
    levels
        .iter()
        .flat_map(move |red| levels.iter().flat_map(move |green| levels.iter().map(move |blue| [*red, *green, *blue])))
}

/// YCbCr planes of full chroma resolution to RGB, or grey planes to grey pixels.
pub(super) fn planes_to_pixels(planar: &Planar) -> Packed {
    let shapes = planar.shapes();
    let [luma, blue, red] = shapes.as_slice() else {
        return Packed { samples: planar.samples.clone(), size: planar.size, channels: Channels::Gray };
    };
    let samples = planar.samples[luma.range()]
        .iter()
        .zip(&planar.samples[blue.range()])
        .zip(&planar.samples[red.range()])
        .flat_map(|((y, cb), cr)| ycbcr_to_rgb(*y, *cb, *cr))
        .collect();
    Packed { samples, size: planar.size, channels: Channels::Rgb }
}

/// The conversion that JFIF prescribes, in 16.16 fixed point.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the range of a byte
fn ycbcr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = ((i32::from(y) << 16) + HALF, i32::from(cb) - 128, i32::from(cr) - 128);
    let red = y + 91_881 * cr;
    let green = y - 22_554 * cb - 46_802 * cr;
    let blue = y + 116_130 * cb;
    [red, green, blue].map(|sample| (sample >> 16).clamp(0, 255) as u8)
}

/// Four inks without a profile, as browsers show them.
pub(super) fn inks_to_rgb(inks: &Packed) -> Packed {
    let (pixels, _) = inks.samples.as_chunks::<4>();
    let samples = pixels
        .iter()
        .flat_map(|[cyan, magenta, yellow, black]| {
            [cyan, magenta, yellow].map(|ink| product(WHITE - u16::from(*ink), WHITE - u16::from(*black)))
        })
        .collect();
    Packed { samples, size: inks.size, channels: Channels::Rgb }
}

/// Lays transparent pixels on white.
pub(super) fn flatten_on_white(pixels: &Packed) -> Packed {
    let (rgba, _) = pixels.samples.as_chunks::<4>();
    let samples = rgba
        .iter()
        .flat_map(|[red, green, blue, alpha]| {
            let alpha = u16::from(*alpha);
            [red, green, blue]
                .map(|sample| product(u16::from(*sample), alpha).saturating_add(product(WHITE, WHITE - alpha)))
        })
        .collect();
    Packed { samples, size: pixels.size, channels: Channels::Rgb }
}

/// `left * right / 255`, rounded; both at most 255.
#[allow(clippy::cast_possible_truncation)] // 255 * 255 / 255 fits
fn product(left: u16, right: u16) -> u8 {
    ((u32::from(left) * u32::from(right) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_under_another_name_needs_no_conversion() {
        let profile = ColorProfile::new_srgb().encode().unwrap();
        assert!(SrgbConverter::new(Some(&profile), Channels::Rgb).is_none());
    }

    #[test]
    fn wider_colour_spaces_are_converted() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        assert!(SrgbConverter::new(Some(&profile), Channels::Rgb).is_some());
    }

    #[test]
    fn a_damaged_or_foreign_profile_is_ignored() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        assert!(SrgbConverter::new(Some(&profile[..40]), Channels::Rgb).is_none());
        assert!(SrgbConverter::new(Some(&profile), Channels::Gray).is_none());
    }

    #[test]
    fn primary_colours_of_jfif_convert_exactly() {
        assert_eq!(ycbcr_to_rgb(255, 128, 128), [255, 255, 255]);
        assert_eq!(ycbcr_to_rgb(0, 128, 128), [0, 0, 0]);
        assert_eq!(ycbcr_to_rgb(76, 85, 255), [254, 0, 0]);
    }
}

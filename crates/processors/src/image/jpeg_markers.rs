//! The segments of a JPEG file that libjpeg-turbo's simple interface does not show: orientation, colour profile, Adobe's mark.

use std::collections::BTreeMap;

use image::metadata::Orientation;

use super::{ImageError, Size};

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const EXIF_TAG: &[u8] = b"Exif\0\0";
const ICC_TAG: &[u8] = b"ICC_PROFILE\0";
const ADOBE_TAG: &[u8] = b"Adobe";

/// What stands before the first scan.
#[derive(Debug)]
pub(super) struct JpegMarkers {
    pub(super) size: Size,
    /// Colours per pixel.
    pub(super) components: u8,
    pub(super) orientation: Orientation,
    pub(super) icc_profile: Option<Vec<u8>>,
    /// Adobe's programs store CMYK inverted and leave this mark.
    pub(super) is_adobe: bool,
}

impl JpegMarkers {
    /// Reads up to the first scan.
    ///
    /// # Errors
    /// `Corrupt` if the segments make no sense, `UnsupportedFormat` for frames that no browser shows (12 bits, hierarchical).
    pub(super) fn read(input: &[u8]) -> Result<Self, ImageError> {
        let mut frame = None;
        let mut found = Self {
            size: Size::new(0, 0),
            components: 0,
            orientation: Orientation::NoTransforms,
            icc_profile: None,
            is_adobe: false,
        };
        let mut icc_chunks = BTreeMap::new();
        for segment in Segments::new(input) {
            let (marker, body) = segment?;
            match marker {
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => frame = Some(read_frame(marker, body)?),
                APP1 => {
                    if let Some(exif) = body.strip_prefix(EXIF_TAG) {
                        found.orientation = Orientation::from_exif_chunk(exif).unwrap_or(found.orientation);
                    }
                }
                APP2 => {
                    if let Some([sequence, _count, chunk @ ..]) = body.strip_prefix(ICC_TAG) {
                        icc_chunks.insert(*sequence, chunk);
                    }
                }
                APP14 => found.is_adobe |= body.starts_with(ADOBE_TAG),
                _ => {}
            }
        }
        (found.size, found.components) = frame.ok_or_else(|| corrupt("a JPEG without a frame header"))?;
        let icc_profile: Vec<u8> = icc_chunks.into_values().flatten().copied().collect();
        found.icc_profile = (!icc_profile.is_empty()).then_some(icc_profile);
        Ok(found)
    }
}

/// Size and components.
fn read_frame(marker: u8, body: &[u8]) -> Result<(Size, u8), ImageError> {
    let [precision, height_high, height_low, width_high, width_low, components, ..] = *body else {
        return Err(corrupt("a JPEG with a short frame header"));
    };
    // SOF0-2 baseline, extended, progressive; SOF3 lossless; SOF9, SOF10 the arithmetic variants.
    if !matches!(marker, 0xC0..=0xC3 | 0xC9 | 0xCA) || precision != 8 {
        return Err(ImageError::UnsupportedFormat {
            detail: format!("a JPEG of {precision} bits, frame type {}", marker - 0xC0),
        });
    }
    let width = u32::from(u16::from_be_bytes([width_high, width_low]));
    let height = u32::from(u16::from_be_bytes([height_high, height_low]));
    if width == 0 || height == 0 {
        return Err(corrupt("a JPEG without width or height"));
    }
    Ok((Size::new(width, height), components))
}

fn corrupt(detail: &str) -> ImageError {
    ImageError::Corrupt { detail: detail.to_owned() }
}

/// Iterates over `(marker, body)` until the first scan; a segment that runs past the end is the last item, an error.
struct Segments<'a> {
    rest: &'a [u8],
}

impl<'a> Segments<'a> {
    fn new(input: &'a [u8]) -> Self {
        // The first two bytes are the start-of-image marker that made this a JPEG.
        Self { rest: input.get(2..).unwrap_or_default() }
    }

    fn take(&mut self) -> Option<(u8, &'a [u8])> {
        let [0xFF, after @ ..] = self.rest else { return None };
        let fill = after.iter().take_while(|byte| **byte == 0xFF).count();
        let (&marker, after) = after[fill..].split_first()?;
        if marker == START_OF_SCAN || marker == END_OF_IMAGE {
            self.rest = &[];
            return Some((marker, &[]));
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let body = after.get(2..length)?;
        self.rest = &after[length..];
        Some((marker, body))
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Result<(u8, &'a [u8]), ImageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let segment = self.take();
        if segment.is_none() {
            self.rest = &[];
        }
        Some(segment.ok_or_else(|| corrupt("a JPEG segment is damaged or cut off")))
    }
}

//! What avatars look like.

use crate::InvalidOption;
use crate::image::{Fit, OutputFormat, Rendition, Size};

/// Largest side of an avatar in pixels.
const SIDE_MAX: u32 = 4096;
/// More sizes than any page has places for.
const SIDES_MAX: usize = 16;
const DEFAULT_SIDES: [u32; 5] = [512, 256, 128, 64, 32];
const DEFAULT_FORMAT: &str = "webp";
const DEFAULT_QUALITY: u32 = 80;

/// Sizes and encoding of the avatars of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarOptions {
    /// Largest first, so that each can be made from one before it.
    sides: Vec<u32>,
    format: OutputFormat,
}

impl Default for AvatarOptions {
    /// 32, 64, 128, 256 and 512 pixels, WebP of quality 80.
    fn default() -> Self {
        Self::parse(None, None, None).expect("the defaults are in range")
    }
}

impl AvatarOptions {
    /// Avatars of the `wanted` sizes in pixels, 1 to 16 different ones from 1 to 4096 each, in any order; of this `format` (`jpeg`, `png`,
    /// `webp`, `avif`) and `quality` (1 to 100). What is absent takes its default.
    ///
    /// # Errors
    /// [`InvalidOption`] naming what is out of range.
    pub fn parse(wanted: Option<&[u32]>, format: Option<&str>, quality: Option<u32>) -> Result<Self, InvalidOption> {
        let mut sides = wanted.unwrap_or(&DEFAULT_SIDES).to_vec();
        sides.sort_unstable_by(|left, right| right.cmp(left));
        sides.dedup();
        let are_usable = sides.iter().all(|side| (1..=SIDE_MAX).contains(side));
        if !are_usable || !(1..=SIDES_MAX).contains(&sides.len()) {
            let expected = format!("1 to {SIDES_MAX} whole numbers from 1 to {SIDE_MAX}");
            return Err(InvalidOption::new("sizes", expected, &format_args!("{sides:?}")));
        }
        let format = OutputFormat::parse(format.unwrap_or(DEFAULT_FORMAT), quality.unwrap_or(DEFAULT_QUALITY))?;
        Ok(Self { sides, format })
    }

    /// In pixels, largest first.
    pub(super) fn sides(&self) -> &[u32] {
        &self.sides
    }

    /// Extension of the files, without a dot.
    pub(super) fn extension(&self) -> &'static str {
        self.format.extension()
    }

    /// One per side, in the order of [`AvatarOptions::sides`].
    pub(super) fn renditions(&self) -> Vec<Rendition> {
        let rendition = |side: &u32| Rendition { fit: Fit::Cover(Size::new(*side, *side)), format: self.format };
        self.sides.iter().map(rendition).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_sorted_and_made_once() {
        let options = AvatarOptions::parse(Some(&[64, 512, 64]), Some("jpeg"), None).unwrap();
        assert_eq!(options.sides(), [512, 64]);
        assert_eq!(options.renditions().len(), 2);
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let many: Vec<u32> = (1..=17).collect();
        for sides in [[].as_slice(), &[0], &[4097], &many] {
            let error = AvatarOptions::parse(Some(sides), None, None).unwrap_err();
            assert!(error.to_string().starts_with("`sizes` must be 1 to 16"), "{error}");
        }
        let error = AvatarOptions::parse(None, Some("bmp"), None).unwrap_err();
        assert!(error.to_string().starts_with("`format` must be one of jpeg, png"), "{error}");
        let error = AvatarOptions::parse(None, None, Some(101)).unwrap_err();
        assert_eq!(error.to_string(), "`quality` must be a whole number from 1 to 100, got 101");
    }
}

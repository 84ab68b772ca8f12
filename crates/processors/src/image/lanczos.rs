//! The filter of every scaling.

use std::f64::consts::PI;

use fast_image_resize::{Filter, FilterType, ResizeAlg, ResizeOptions};

/// By how many positions of the coarser side samples count, in each direction.
pub(super) const SUPPORT: f64 = 3.0;

/// Lanczos3 over the part of the source that the caller crops to.
pub(super) fn options() -> ResizeOptions {
    let filter = Filter::new("lanczos3", weight, SUPPORT).expect("the support is finite and positive");
    // Alpha is premultiplied already, and black ink is no alpha.
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Custom(filter))).use_alpha(false)
}

/// `sinc(x) * sinc(x / 3)` with one sine instead of two: `sin 3t = 3 sin t - 4 sin³ t`. Weights are computed anew for every plane of
/// every picture.
fn weight(x: f64) -> f64 {
    if x.abs() >= SUPPORT {
        return 0.0;
    }
    let angle = x * (PI / SUPPORT);
    // Below it, the quotient is 1 to the last digit but might be 0 / 0.
    if angle.abs() < 1e-8 {
        return 1.0;
    }
    let sine = angle.sin();
    let square = sine * sine;
    square * (3.0 - 4.0 * square) / (SUPPORT * angle * angle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_two_windowed_sines() {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        for step in -400..=400 {
            let x = f64::from(step) / 100.0;
            let expected = if x.abs() < SUPPORT { sinc(x) * sinc(x / SUPPORT) } else { 0.0 };
            assert!((weight(x) - expected).abs() < 1e-12, "{x}");
        }
    }
}

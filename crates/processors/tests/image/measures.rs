//! How alike two pictures are.

use image::{DynamicImage, GrayImage, RgbImage};

/// Peak signal-to-noise ratio over all channels in dB; infinite for equal pictures.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn psnr(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.dimensions(), right.dimensions());
    let squares: f64 =
        left.as_raw().iter().zip(right.as_raw()).map(|(left, right)| f64::from(left.abs_diff(*right)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * left.as_raw().len() as f64 / squares).log10()
}

/// Mean structural similarity of luma over 8x8 windows, 1 for equal pictures.
pub(crate) fn ssim(left: &RgbImage, right: &RgbImage) -> f64 {
    const WINDOW: u32 = 8;
    assert_eq!(left.dimensions(), right.dimensions());
    let (left, right) = (luma(left), luma(right));
    let (mut sum, mut windows) = (0.0, 0.0);
    for y in (0..=left.height() - WINDOW).step_by(4) {
        for x in (0..=left.width() - WINDOW).step_by(4) {
            let pairs = (0..WINDOW * WINDOW).map(|index| {
                let (x, y) = (x + index % WINDOW, y + index / WINDOW);
                (f64::from(left.get_pixel(x, y)[0]), f64::from(right.get_pixel(x, y)[0]))
            });
            sum += window_ssim(&pairs.collect::<Vec<_>>());
            windows += 1.0;
        }
    }
    sum / windows
}

fn luma(picture: &RgbImage) -> GrayImage {
    DynamicImage::from(picture.clone()).into_luma8()
}

#[allow(clippy::cast_precision_loss)]
fn window_ssim(pairs: &[(f64, f64)]) -> f64 {
    const C1: f64 = 6.5025;
    const C2: f64 = 58.5225;
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / pairs.len() as f64;
    let (left, right) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    let left_variance = mean(&|pair| (pair.0 - left).powi(2));
    let right_variance = mean(&|pair| (pair.1 - right).powi(2));
    let covariance = mean(&|pair| (pair.0 - left) * (pair.1 - right));
    (2.0 * left * right + C1) * (2.0 * covariance + C2)
        / ((left.powi(2) + right.powi(2) + C1) * (left_variance + right_variance + C2))
}

//! Return values of jobs that make files of files.

use serde::Serialize;

/// How much smaller a result is, in per cent of the original, rounded to one decimal; negative if it is larger.
#[allow(clippy::cast_precision_loss)] // file sizes are far below 2^52 bytes
pub(crate) fn savings(original: u64, compressed: u64) -> f64 {
    let saved = 1.0 - compressed as f64 / original as f64;
    (saved * 1000.0).round() / 10.0
}

/// JSON text.
pub(crate) fn to_json(result: &impl Serialize) -> String {
    serde_json::to_string(result).expect("text, numbers and nothing else always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_are_per_cent_of_the_original_with_one_decimal() {
        assert!((savings(3000, 1000) - 66.7).abs() < 1e-9);
        assert!((savings(1000, 1500) + 50.0).abs() < 1e-9);
    }
}

//! Numbers cut to the digits that a description holds.

/// Digits after the point of latitude and longitude: about a centimetre.
pub(crate) const COORDINATE_DIGITS: usize = 7;
/// Digits after the point of altitude, heading and accuracy: a millimetre, a thousandth of a degree.
pub(crate) const MEASURE_DIGITS: usize = 3;

/// The nearest number with so many digits after the point. Rounding goes by the exact value, as Python's `round` does,
/// and not by the digits that are usually shown.
pub(crate) fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_by_the_exact_value() {
        // 2.675 is a little less than that in binary, 0.125 is exact and goes to the even digit.
        assert!((rounded(2.675, 2) - 2.67).abs() < 1e-12);
        assert!((rounded(0.125, 2) - 0.12).abs() < 1e-12);
        assert!((rounded(-122.572_765_049_9, 7) + 122.572_765).abs() < 1e-12);
    }
}

//! A picture in memory: three planes of one byte a pixel, filled in horizontal spans.
//!
//! The planes are Y, Cb and Cr because that is what a JPEG stores, and everything is drawn as
//! spans because a span is one `memset` a plane: fast even in a build without optimisation.

use jpeg_encoder::{ImageBuffer, JpegColorType};

/// A colour as JPEG stores it (full-range BT.601, ITU-T T.871 §7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour {
    luma: f64,
    blue: f64,
    red: f64,
}

impl Colour {
    /// From red, green and blue in 0..=255.
    pub(crate) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        let (r, g, b) = (red as f64, green as f64, blue as f64);
        Self {
            luma: 0.299 * r + 0.587 * g + 0.114 * b,
            blue: 128.0 - 0.168_736 * r - 0.331_264 * g + 0.5 * b,
            red: 128.0 + 0.5 * r - 0.418_688 * g - 0.081_312 * b,
        }
    }

    /// This colour with `share` (0 to 1) of `other` in it.
    pub(crate) fn mixed(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let mix = |own: f64, theirs: f64| own + (theirs - own) * share;
        Self {
            luma: mix(self.luma, other.luma),
            blue: mix(self.blue, other.blue),
            red: mix(self.red, other.red),
        }
    }

    /// This colour with its brightness multiplied by `factor`.
    pub(crate) fn lit(self, factor: f64) -> Self {
        Self {
            luma: (self.luma * factor).clamp(0.0, 255.0),
            ..self
        }
    }

    fn bytes(self) -> [u8; 3] {
        [byte(self.luma), byte(self.blue), byte(self.red)]
    }
}

/// Rounds to a byte; what lies outside is cut off.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates, as wanted
fn byte(value: f64) -> u8 {
    (value + 0.5) as u8
}

/// A corner on the canvas, in pixels from its top left.
pub(crate) type Corner = (f64, f64);

/// The picture being drawn.
#[derive(Debug)]
pub(crate) struct Canvas {
    width_px: u16,
    height_px: u16,
    planes: [Vec<u8>; 3],
}

impl Canvas {
    /// A black picture.
    pub(crate) fn new(width_px: u16, height_px: u16) -> Self {
        let pixels = usize::from(width_px) * usize::from(height_px);
        Self {
            width_px,
            height_px,
            planes: [vec![0; pixels], vec![128; pixels], vec![128; pixels]],
        }
    }

    /// Width in pixels.
    pub(crate) fn width(&self) -> f64 {
        f64::from(self.width_px)
    }

    /// Height in pixels.
    pub(crate) fn height(&self) -> f64 {
        f64::from(self.height_px)
    }

    /// The rows whose middle lies between `top` and `bottom`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before
    fn rows(&self, top: f64, bottom: f64) -> std::ops::Range<u16> {
        let clamp = |value: f64| (value + 0.5).floor().clamp(0.0, self.height()) as u16;
        clamp(top)..clamp(bottom)
    }

    /// Colours row `row` from `left` to `right`; pixels covered in part are blended.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before
    pub(crate) fn span(&mut self, row: u16, left: f64, right: f64, colour: Colour) {
        let left = left.max(0.0);
        let right = right.min(self.width());
        if row >= self.height_px || left >= right {
            return;
        }
        let start = usize::from(row) * usize::from(self.width_px);
        let (first_whole, end_whole) = (left.ceil() as usize, right.floor() as usize);
        if first_whole <= end_whole {
            let bytes = colour.bytes();
            for (plane, value) in self.planes.iter_mut().zip(bytes) {
                plane[start + first_whole..start + end_whole].fill(value);
            }
            self.blend(start + left as usize, left.ceil() - left, colour);
            self.blend(start + end_whole, right - right.floor(), colour);
        } else {
            self.blend(start + left as usize, right - left, colour);
        }
    }

    /// Mixes `share` of a colour into one pixel.
    fn blend(&mut self, pixel: usize, share: f64, colour: Colour) {
        if share <= 0.0 {
            return;
        }
        for (plane, value) in self.planes.iter_mut().zip([colour.luma, colour.blue, colour.red]) {
            if let Some(old) = plane.get_mut(pixel) {
                *old = byte(f64::from(*old) + (value - f64::from(*old)) * share);
            }
        }
    }

    /// Colours a rectangle.
    pub(crate) fn rectangle(&mut self, (left, top): Corner, (right, bottom): Corner, colour: Colour) {
        for row in self.rows(top, bottom) {
            self.span(row, left, right, colour);
        }
    }

    /// Colours rows from `top` to `bottom` over the whole width, `colour_at(row)` each.
    pub(crate) fn bands(&mut self, top: f64, bottom: f64, colour_at: impl Fn(f64) -> Colour) {
        for row in self.rows(top, bottom) {
            self.span(row, 0.0, self.width(), colour_at(f64::from(row) + 0.5));
        }
    }

    /// Colours a convex polygon.
    pub(crate) fn polygon(&mut self, corners: &[Corner], colour: Colour) {
        let top = corners.iter().map(|corner| corner.1).fold(f64::INFINITY, f64::min);
        let bottom = corners.iter().map(|corner| corner.1).fold(f64::NEG_INFINITY, f64::max);
        for row in self.rows(top, bottom) {
            let middle = f64::from(row) + 0.5;
            let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
            for (index, &from) in corners.iter().enumerate() {
                let to = corners[(index + 1) % corners.len()];
                if (from.1 <= middle) != (to.1 <= middle) {
                    let at = from.0 + (to.0 - from.0) * (middle - from.1) / (to.1 - from.1);
                    left = left.min(at);
                    right = right.max(at);
                }
            }
            self.span(row, left, right, colour);
        }
    }

    /// Colours an ellipse.
    pub(crate) fn ellipse(&mut self, (x, y): Corner, half_width: f64, half_height: f64, colour: Colour) {
        for row in self.rows(y - half_height, y + half_height) {
            let off = (f64::from(row) + 0.5 - y) / half_height;
            let half = half_width * (1.0 - off * off).max(0.0).sqrt();
            self.span(row, x - half, x + half, colour);
        }
    }
}

impl ImageBuffer for &Canvas {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width_px
    }

    fn height(&self) -> u16 {
        self.height_px
    }

    fn fill_buffers(&self, row: u16, buffers: &mut [Vec<u8>; 4]) {
        let width = usize::from(self.width_px);
        let start = usize::from(row) * width;
        for (plane, buffer) in self.planes.iter().zip(buffers) {
            buffer.extend_from_slice(&plane[start..start + width]);
        }
    }
}

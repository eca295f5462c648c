//! Numbers as seven-segment digits, so that a person sees at once which frame a picture is.

use super::canvas::{Canvas, Colour};

const PLATE: Colour = Colour::rgb(24, 28, 34);
const LIT: Colour = Colour::rgb(255, 214, 92);

/// Which of the segments a to g (clockwise from the top, then the middle) each digit lights.
const SEGMENTS: [&str; 10] = [
    "abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg",
];

/// Draws `number` with at least four digits on a dark plate in the lower right corner.
pub(super) fn draw_number(canvas: &mut Canvas, number: u32) {
    let text = format!("{number:04}");
    let height = (canvas.height() * 0.105).min(canvas.width() * 0.14);
    let (width, gap) = (height * 0.52, height * 0.24);
    let margin = height * 0.4;
    let total = text.len() as f64 * (width + gap) - gap;
    let (right, bottom) = (canvas.width() - margin, canvas.height() - margin);
    let (left, top) = (right - total - 2.0 * gap, bottom - height - 2.0 * gap);
    canvas.rectangle((left, top), (right, bottom), PLATE);
    let mut x = left + gap;
    for digit in text.bytes() {
        let lit = SEGMENTS.get(usize::from(digit - b'0')).copied().unwrap_or_default();
        draw_digit(canvas, (x, top + gap), width, height, lit);
        x += width + gap;
    }
}

fn draw_digit(canvas: &mut Canvas, (x, y): (f64, f64), width: f64, height: f64, lit: &str) {
    let bar = (height * 0.13).max(1.0);
    let middle = y + (height - bar) / 2.0;
    for segment in lit.bytes() {
        let (from, to) = match segment {
            b'a' => ((x, y), (x + width, y + bar)),
            b'b' => ((x + width - bar, y), (x + width, middle + bar)),
            b'c' => ((x + width - bar, middle), (x + width, y + height)),
            b'd' => ((x, y + height - bar), (x + width, y + height)),
            b'e' => ((x, middle), (x + bar, y + height)),
            b'f' => ((x, y), (x + bar, middle + bar)),
            _ => ((x, middle), (x + width, middle + bar)),
        };
        canvas.rectangle(from, to, LIT);
    }
}

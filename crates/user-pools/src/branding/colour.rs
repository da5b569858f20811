//! Colours as branding settings write them: six or eight hexadecimal digits. Nothing else is a colour, so nothing else gets into a style sheet.
use std::fmt;

/// Red, green, blue, opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 4]);

impl Colour {
    /// White and black.
    pub const WHITE: Self = Self([255; 4]);
    /// The other end.
    pub const BLACK: Self = Self([0, 0, 0, 255]);

    /// Reads `rrggbb` or `rrggbbaa`.
    pub fn read(text: &str) -> Option<Self> {
        if !text.is_ascii() || !matches!(text.len(), 6 | 8) {
            return None;
        }
        let mut parts = [255; 4];
        hex::decode_to_slice(text, &mut parts[..text.len() / 2]).ok()?;
        Some(Self(parts))
    }

    /// This colour over an opaque one.
    #[must_use]
    pub fn over(self, ground: Self) -> Self {
        let opacity = u32::from(self.0[3]);
        let mix = |at: usize| {
            let mixed = u32::from(self.0[at]) * opacity + u32::from(ground.0[at]) * (255 - opacity);
            u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2), 255])
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0[0]) + 0.7152 * linear(self.0[1]) + 0.0722 * linear(self.0[2])
    }

    /// WCAG's contrast of two opaque colours, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Black or white, whichever is read better on this colour: at least 4.58 : 1.
    #[must_use]
    pub fn readable_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }
}

impl fmt::Display for Colour {
    /// As CSS writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_or_eight_hexadecimal_digits_are_a_colour_and_nothing_else_is() {
        assert_eq!(Colour::read("0972D3").unwrap().to_string(), "#0972d3ff");
        assert_eq!(Colour::read("0972d380").unwrap().to_string(), "#0972d380");
        for bad in ["", "fff", "#0972d3", "0972d3f", "red", "0972d3;}", "url(x)", "\u{e9}\u{e9}\u{e9}", "0972d3ff0"] {
            assert_eq!(Colour::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_wcags_and_the_chosen_text_can_be_read_on_every_ground() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 1e-9);
        let grey = Colour::read("767676").unwrap();
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        for part in 0..=255_u8 {
            for ground in [[part, part, part, 255], [part, 0, 255, 255], [255, part, 0, 255], [0, part, part, 255]] {
                let ground = Colour(ground);
                assert!(ground.readable_on().contrast(ground) >= 4.5, "{ground}");
            }
        }
    }

    #[test]
    fn a_colour_that_is_seen_through_takes_on_its_ground() {
        assert_eq!(Colour::read("00000080").unwrap().over(Colour::WHITE).to_string(), "#7f7f7fff");
    }
}

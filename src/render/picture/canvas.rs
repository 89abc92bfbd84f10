//! Pixels: filled rectangles, letters and a PNG file.

use std::io;

use spleen_font::{FONT_12X24, PSF2Font};

/// The width and height of a letter, in pixels.
pub(crate) const LETTER: (usize, usize) = (12, 24);

/// The colours. Those with a meaning differ in brightness as well as in hue, so that colour-blind people can
/// distinguish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Colour {
    Panel,
    Border,
    Text,
    Dim,
    Track,
    Grid,
    /// The part of the axis in which a login counts as expiring.
    Warning,
    Green,
    Amber,
    Red,
    Violet,
    Blue,
    Grey,
}

/// Red, green and blue of each colour, in order.
const PALETTE: [[u8; 3]; 13] = [
    [0x15, 0x19, 0x1F],
    [0x5B, 0x64, 0x70],
    [0xF2, 0xF4, 0xF7],
    [0xA3, 0xAD, 0xB9],
    [0x27, 0x2D, 0x36],
    [0x45, 0x4E, 0x5B],
    [0x4A, 0x3B, 0x12],
    [0x22, 0xA8, 0x84],
    [0xF5, 0xC2, 0x3D],
    [0xFF, 0x6A, 0x45],
    [0xC9, 0x8D, 0xE6],
    [0x6C, 0xB8, 0xF5],
    [0x74, 0x7F, 0x8C],
];

/// A picture that is being drawn. Pixels outside it are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

/// A rectangle: left, top, width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Canvas {
    /// An empty panel.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![Colour::Panel; width * height],
        }
    }

    /// Colours one pixel.
    pub(crate) fn set(&mut self, x: usize, y: usize, colour: Colour) {
        if x < self.width && y < self.height {
            self.pixels[y * self.width + x] = colour;
        }
    }

    /// Colours the pixels of a rectangle for which `chosen` is true; it gets their position within the rectangle.
    pub(crate) fn fill_where(
        &mut self,
        area: Area,
        colour: Colour,
        chosen: impl Fn(usize, usize) -> bool,
    ) {
        for y in 0..area.height {
            for x in 0..area.width {
                if chosen(x, y) {
                    self.set(area.x + x, area.y + y, colour);
                }
            }
        }
    }

    pub(crate) fn fill(&mut self, area: Area, colour: Colour) {
        self.fill_where(area, colour, |_, _| true);
    }

    /// Writes a text on one line. A character that is not in the font becomes a question mark.
    pub(crate) fn write(&mut self, x: usize, y: usize, text: &str, colour: Colour) {
        let Ok(mut font) = PSF2Font::new(FONT_12X24) else {
            return;
        };
        for (column, character) in text.chars().enumerate() {
            let mut bytes = [0; 4];
            let glyph = font
                .glyph_for_utf8(character.encode_utf8(&mut bytes).as_bytes())
                .or_else(|| font.glyph_for_utf8(b"?"));
            for (row, pixels) in glyph.into_iter().flatten().enumerate() {
                for (offset, on) in pixels.take(LETTER.0).enumerate() {
                    if on {
                        self.set(x + column * LETTER.0 + offset, y + row, colour);
                    }
                }
            }
        }
    }

    /// The picture as a PNG file with a palette.
    ///
    /// # Errors
    /// If it is too large for the format.
    pub(crate) fn png(&self) -> io::Result<Vec<u8>> {
        let size = |length: usize| u32::try_from(length).map_err(io::Error::other);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette(PALETTE.concat());
        let mut writer = encoder.write_header()?;
        let pairs = self
            .pixels
            .chunks(self.width)
            .flat_map(|line| line.chunks(2));
        let packed: Vec<u8> = pairs
            .map(|pair| (pair[0] as u8) << 4 | pair.get(1).map_or(0, |&second| second as u8))
            .collect();
        writer.write_image_data(&packed)?;
        writer.finish()?;
        Ok(file)
    }
}

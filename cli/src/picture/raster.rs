//! PNG of a picture, for places that take no SVG.
//!
//! It changes nothing but the form. The font is built in, so that the same picture is the same on
//! every machine. Invariant: twice the size, for screens with two pixels a point. Worked number: a
//! picture of 880 by 300 is a PNG of 1760 by 600.

use std::sync::Arc;

use paneline::Code;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::failure::Failure;

/// Pixels for each unit of the picture.
const SCALE: f32 = 2.0;

/// Draws an SVG into a PNG.
///
/// Errors: `INTERNAL` for a picture that cannot be drawn.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, Failure> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.set_sans_serif_family("Noto Sans");
    let options = Options {
        font_family: "Noto Sans".to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let failed = |what: String| Failure::new(Code::Internal, "--format png", &what);
    let tree = Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE);
    let pixmap = size.and_then(|size| Pixmap::new(size.width(), size.height()));
    let mut pixmap = pixmap.ok_or_else(|| failed("a picture without a size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| failed(error.to_string()))
}

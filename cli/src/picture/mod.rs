//! Pictures of windows: what a wall clock shows above, the time that elapsed below, panes between.
//!
//! It draws; every edge, jump and offset that it shows comes from the core. The horizontal axis is
//! elapsed time, so that a held hour is a longer box and not a label. Invariant: a picture says in
//! its description what it shows, line by line, and needs no font, style or file from elsewhere.
//! Worked number: a night of 12 h on 800 pixels is 15 pixels for each quarter of an hour.

mod axis;
mod raster;
mod timeline;

pub(crate) use raster::png;
pub(crate) use timeline::{Timeline, draw, span_name};

/// The colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the reader's browser prefers.
    Auto,
    /// Dark ink on white.
    Light,
    /// Light ink on black.
    Dark,
}

/// A role on the page, and its colour on light and on dark ground.
const COLOURS: [(&str, &str, &str); 8] = [
    ("ground", "#ffffff", "#0d1117"),
    ("ink", "#1f2328", "#e6edf3"),
    ("soft", "#59636e", "#9198a1"),
    ("pane", "#ddf4ff", "#0c2d6b"),
    ("edge", "#0969da", "#58a6ff"),
    ("odd", "#fff1c2", "#5a3e02"),
    ("first", "#ffd8b5", "#762d0a"),
    ("second", "#ffb77c", "#9b4215"),
];

impl Theme {
    /// What a page around the picture is called whose colours are not the browser's choice.
    pub(crate) fn class(self) -> Option<&'static str> {
        match self {
            Theme::Auto => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// The rules that give each class its colour.
    fn style(self) -> String {
        let rules = |dark: bool| {
            let rule = |&(name, light, night): &(&str, &str, &str)| {
                let colour = if dark { night } else { light };
                format!(".f-{name}{{fill:{colour}}}.s-{name}{{stroke:{colour};fill:none}}")
            };
            COLOURS.iter().map(rule).collect::<String>()
        };
        let text = "text{font-family:system-ui,'Noto Sans','Segoe UI',Helvetica,sans-serif}";
        match self {
            Theme::Light => format!("{text}{}", rules(false)),
            Theme::Dark => format!("{text}{}", rules(true)),
            Theme::Auto => format!(
                "{text}{}@media(prefers-color-scheme:dark){{{}}}",
                rules(false),
                rules(true)
            ),
        }
    }
}

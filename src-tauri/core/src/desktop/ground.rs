//! How the window looks before its page does: the page's own ground, so that nothing flashes.

/// Red, green and blue of a ground, 0 to 255 each.
pub type Ground = (u8, u8, u8);

/// `--bg` of the dark theme in ui/src/app.css.
const DARK: Ground = (0x10, 0x15, 0x17);
/// `--bg` of the light theme there.
const LIGHT: Ground = (0xF4, 0xF6, 0xF6);

/// The ground for the theme of the settings (`system`, `light`, `dark`) on a desktop that is dark or not.
pub fn ground(theme: &str, desktop_is_dark: bool) -> Ground {
    let dark = match theme {
        "dark" => true,
        "light" => false,
        _ => desktop_is_dark,
    };
    if dark { DARK } else { LIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_wins_over_the_desktop() {
        for (theme, desktop_is_dark, wanted) in [
            ("system", true, DARK),
            ("system", false, LIGHT),
            ("dark", false, DARK),
            ("light", true, LIGHT),
        ] {
            assert_eq!(ground(theme, desktop_is_dark), wanted, "{theme}");
        }
    }

    #[test]
    fn the_grounds_are_those_of_the_page() {
        let css = include_str!("../../../../ui/src/app.css").to_lowercase();
        for (red, green, blue) in [DARK, LIGHT] {
            let wanted = format!("--bg: #{red:02x}{green:02x}{blue:02x};");
            assert!(css.contains(&wanted), "{wanted}");
        }
    }
}

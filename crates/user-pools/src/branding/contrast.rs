//! Whether text can be read on its ground: WCAG's 4.5 : 1. A style below it is kept and applied, for it is the owner's; it is warned of.
use super::{Colour, at};
use serde_json::Value;

const ENOUGH: f64 = 4.5;
const MODES: [(&str, &str); 2] = [("lightMode", "LIGHT"), ("darkMode", "DARK")];

/// Text and ground, `{}` standing for the mode.
const PAIRS: [(&str, &str); 9] = [
    ("components.primaryButton.{}.defaults.textColor", "components.primaryButton.{}.defaults.backgroundColor"),
    ("components.primaryButton.{}.hover.textColor", "components.primaryButton.{}.hover.backgroundColor"),
    ("components.secondaryButton.{}.defaults.textColor", "components.secondaryButton.{}.defaults.backgroundColor"),
    ("components.pageText.{}.headingColor", "components.form.{}.backgroundColor"),
    ("components.pageText.{}.bodyColor", "components.form.{}.backgroundColor"),
    ("components.pageText.{}.descriptionColor", "components.form.{}.backgroundColor"),
    ("componentClasses.inputLabel.{}.textColor", "components.form.{}.backgroundColor"),
    ("componentClasses.link.{}.defaults.textColor", "components.form.{}.backgroundColor"),
    ("componentClasses.inputDescription.{}.textColor", "components.form.{}.backgroundColor"),
];

/// Pairs of colours that are hard to read, in merged settings. A text without a colour gets one that can be read.
pub(super) fn warnings(settings: &Value) -> Vec<String> {
    let scheme = at(settings, "categories.global.colorSchemeMode").and_then(Value::as_str).unwrap_or("DYNAMIC");
    let colour = |path: &str| at(settings, path).and_then(Value::as_str).and_then(Colour::read);
    let mut warnings = Vec::new();
    for (mode, word) in MODES.into_iter().filter(|(_, word)| scheme == "DYNAMIC" || scheme == *word) {
        let page = colour(&format!("components.pageBackground.{mode}.color")).unwrap_or(Colour::WHITE);
        for (text, ground) in PAIRS {
            let (text, ground) = (text.replace("{}", mode), ground.replace("{}", mode));
            let (Some(over), Some(under)) = (colour(&text), colour(&ground)) else { continue };
            let under = under.over(page);
            let contrast = over.over(under).contrast(under);
            if contrast < ENOUGH {
                warnings.push(format!("{text} on {ground}: contrast {contrast:.2}, below {ENOUGH} ({word})"));
            }
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::super::merged;
    use super::*;
    use serde_json::json;

    #[test]
    fn our_own_colours_can_be_read() {
        assert_eq!(warnings(&merged(None)), Vec::<String>::new());
    }

    #[test]
    fn text_that_is_hard_to_read_is_warned_of_where_it_shows() {
        let button = json!({"defaults": {"backgroundColor": "02b2cbff", "textColor": "ffffffff"}});
        let style = |scheme| {
            let settings = json!({
                "categories": {"global": {"colorSchemeMode": scheme}},
                "components": {"primaryButton": {"lightMode": button}}
            });
            warnings(&merged(Some(&settings)))
        };
        let told = style("LIGHT");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("components.primaryButton.lightMode.defaults.textColor on ")
                && told[0].contains("contrast 2.5")
        );
        assert_eq!(style("DARK"), Vec::<String>::new());
    }
}

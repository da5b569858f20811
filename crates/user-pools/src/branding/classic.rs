//! SetUICustomization: a sheet of AWS's fixed classes and a logo. The sheet is taken apart and put together again: what we do not understand does not
//! get to a browser.
use super::assets::is_image;
use crate::error::{Error, Result};
use crate::ids::{ClientId, Millis, PoolId};
use serde::{Deserialize, Serialize};

/// A UI customization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UiCustomization {
    /// The pool.
    pub pool: PoolId,
    /// The client, or [`super::ALL`].
    pub client: ClientId,
    /// `CSS`, as given.
    pub css: Option<String>,
    /// `ImageFile`.
    #[serde(with = "crate::base64_bytes")]
    pub image: Option<Vec<u8>>,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
}

/// The largest logo (H.8).
const LARGEST: usize = 100 * 1024;

/// AWS's classes; some have a state that can be styled too.
const SELECTORS: [&str; 18] = [
    ".background-customizable",
    ".banner-customizable",
    ".errorMessage-customizable",
    ".idpButton-customizable",
    ".idpButton-customizable:hover",
    ".idpDescription-customizable",
    ".inputField-customizable",
    ".inputField-customizable:focus",
    ".label-customizable",
    ".legalText-customizable",
    ".logo-customizable",
    ".passwordCheck-notValid-customizable",
    ".passwordCheck-valid-customizable",
    ".redirect-customizable",
    ".socialButton-customizable",
    ".submitButton-customizable",
    ".submitButton-customizable:hover",
    ".textDescription-customizable",
];

impl UiCustomization {
    /// The sheet for the pages: each class under `:root`, so that it goes before the pages' own rules.
    pub fn sheet(&self) -> String {
        let rules = rules(self.css.as_deref().unwrap_or_default()).unwrap_or_default();
        rules.iter().map(|(selectors, body)| format!(":root {}{{{body}}}", selectors.join(",:root "))).collect()
    }

    /// The path of the logo on the login pages, and the logo. The pool's own logo carries the pool's id.
    pub fn image_file(&self) -> Option<(String, &[u8])> {
        let (image, extension) = (self.image.as_deref()?, self.image_extension()?);
        let owner = if self.client.0 == super::ALL { &self.pool.0 } else { &self.client.0 };
        Some((super::image_path(owner, extension, image), image))
    }

    /// `CSSVersion`: when it was set.
    pub fn css_version(&self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.modified).unwrap_or_default();
        at.strftime("%Y%m%d%H%M%S").to_string()
    }

    /// The extension of the logo.
    pub fn image_extension(&self) -> Option<&'static str> {
        let image = self.image.as_deref()?;
        ["PNG", "JPEG"].into_iter().find(|extension| is_image(extension, image))
    }

    /// Refuses what the pages could not show.
    pub(super) fn check(&self) -> Result<()> {
        if let Some(css) = &self.css {
            rules(css)?;
        }
        if self.image.as_ref().is_some_and(|image| image.len() > LARGEST) {
            return Err(Error::invalid("The logo must not be larger than 100 KB."));
        }
        if self.image.is_some() && self.image_extension().is_none() {
            return Err(Error::invalid("The logo must be a PNG or JPG image."));
        }
        Ok(())
    }
}

type Rule = (Vec<&'static str>, String);

fn rules(css: &str) -> Result<Vec<Rule>> {
    let invalid = |what: &str| Error::invalid(format!("Invalid CSS: {what}"));
    let css = without_comments(css).ok_or_else(|| invalid("a comment does not end."))?;
    if css.contains('@') {
        return Err(invalid("rules that begin with @ are not allowed."));
    }
    let mut rules = Vec::new();
    let mut rest = css.trim();
    while !rest.is_empty() {
        let (head, tail) = rest.split_once('{').ok_or_else(|| invalid("a rule has no block."))?;
        let (body, next) = tail.split_once('}').ok_or_else(|| invalid("a block does not end."))?;
        let selectors: Result<Vec<_>> = head.split(',').map(selector).collect();
        rules.push((selectors?, declarations(body)?));
        rest = next.trim();
    }
    Ok(rules)
}

fn selector(text: &str) -> Result<&'static str> {
    let text = text.trim();
    let known = SELECTORS.iter().find(|known| **known == text);
    known.copied().ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        Error::invalid(format!("Invalid CSS: the class {shown} cannot be customized."))
    })
}

/// Declarations without anything that leaves them, fetches or runs.
fn declarations(body: &str) -> Result<String> {
    let refused = |what: &str| Err(Error::invalid(format!("Invalid CSS: {what} is not allowed.")));
    let mut kept = String::new();
    for one in body.split(';').map(str::trim).filter(|one| !one.is_empty()) {
        let Some((name, value)) = one.split_once(':') else { return refused("a declaration without a value") };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        // `behavior` and `-moz-binding` ran scripts once.
        if !plain || matches!(name.as_str(), "behavior" | "-moz-binding") {
            return refused("this property");
        }
        let flat: String = value.to_ascii_lowercase().split_whitespace().collect();
        let calls = ["url(", "image(", "image-set(", "expression(", "javascript:", "src("];
        if calls.iter().any(|call| flat.contains(call)) {
            return refused("url() or script");
        }
        // Line breaks and tabs between words are blanks.
        let value = value.replace(|c: char| c.is_ascii_whitespace(), " ");
        let leaves = value.contains(['<', '\\', '{', '}']) || value.contains(char::is_control);
        if value.is_empty() || leaves || !is_closed(&value) {
            return refused("this value");
        }
        kept.push_str(&name);
        kept.push(':');
        kept.push_str(&value);
        kept.push(';');
    }
    Ok(kept)
}

/// Every string and bracket that begins in a value ends in it: else it would go on into the rules behind.
fn is_closed(value: &str) -> bool {
    let (mut quote, mut open) = (None, Vec::new());
    for c in value.chars() {
        match (quote, c) {
            (Some(begun), _) => quote = quote.filter(|_| c != begun),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => open.push(')'),
            (None, '[') => open.push(']'),
            (None, ')' | ']') if open.pop() != Some(c) => return false,
            (None, _) => {}
        }
    }
    quote.is_none() && open.is_empty()
}

fn without_comments(css: &str) -> Option<String> {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        rest = comment.split_once("*/")?.1;
    }
    kept.push_str(rest);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(css: &str) -> UiCustomization {
        let (pool, client) = (PoolId("p".into()), ClientId("c".into()));
        UiCustomization { pool, client, css: Some(css.to_owned()), image: None, created: 0, modified: 0 }
    }

    #[test]
    fn the_fixed_classes_are_taken() {
        let ui = of(
            "/* ours */\n.label-customizable, .submitButton-customizable:hover { font-weight: 400; Color: #fff }\n.label-customizable{}",
        );
        ui.check().unwrap();
        let sheet = ":root .label-customizable,:root .submitButton-customizable:hover{font-weight:400;color:#fff;}:root .label-customizable{}";
        assert_eq!(ui.sheet(), sheet);
        of("").check().unwrap();
        let folded = of(".label-customizable { font-family: \"O'Neil\",\n\tserif; width: calc((1px + 2px) * 2) }");
        folded.check().unwrap();
        assert_eq!(
            folded.sheet(),
            ":root .label-customizable{font-family:\"O'Neil\",  serif;width:calc((1px + 2px) * 2);}"
        );
        of(&SELECTORS.map(|one| format!("{one} {{ margin: 0 }}")).join("\n")).check().unwrap();
    }

    #[test]
    fn what_fetches_runs_or_leaves_its_rule_is_refused() {
        for bad in [
            "body { color: red }",
            ".my-own { color: red }",
            ".label-customizable a { color: red }",
            ".label-customizable:hover { color: red }",
            "@import 'https://evil.example/x.css';",
            "@media print { .label-customizable { color: red } }",
            ".label-customizable { background: url(https://evil.example/) }",
            ".label-customizable { background: U\u{52}L ( 'x' ) }",
            ".label-customizable { background: u\\72l(x) }",
            ".label-customizable { background: image-set('x' 1x) }",
            ".label-customizable { width: expression(alert(1)) }",
            ".label-customizable { background: javascript:alert(1) }",
            ".label-customizable { behavior: x }",
            ".label-customizable { color: red",
            ".label-customizable { color }",
            ".label-customizable { content: '</style>' }",
            ".label-customizable { content: \"open }",
            ".label-customizable { content: \" ' \" ' }",
            ".label-customizable { width: calc(1px }",
            ".label-customizable { width: 1px) }",
            ".label-customizable { grid-area: [a) }",
            ".label-customizable { color: re\u{0}d }",
            "/* .label-customizable { color: red }",
            ".label-customizable { col/**/or: u/**/rl(x) } }",
            "plain text",
        ] {
            assert!(of(bad).check().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_logo_is_a_small_png_or_jpg() {
        let with = |image: &[u8]| UiCustomization { image: Some(image.to_vec()), ..of("") };
        with(b"\x89PNG\r\n\x1a\n").check().unwrap();
        with(b"\xff\xd8\xff\xe0").check().unwrap();
        assert!(with(b"<svg/>").check().is_err());
        assert!(with(&[b"\xff\xd8\xff".as_slice(), &vec![0; LARGEST]].concat()).check().is_err());
    }
}

//! The images of a branding style: how many, how large, and that each is what it says it is.
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The most images of a style (H.8).
const MOST: usize = 40;
/// The largest image, in bytes.
const LARGEST: usize = 1_000_000;

/// In which colour scheme an image shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `LIGHT`.
    Light,
    /// `DARK`.
    Dark,
    /// `DYNAMIC`: in both.
    Both,
}

/// An image.
#[derive(Clone, Debug)]
pub struct Asset {
    /// `Category`.
    pub category: String,
    /// `ColorMode`.
    pub mode: Mode,
    /// `Extension`.
    pub extension: String,
    /// The image itself.
    pub bytes: Vec<u8>,
}

/// The images of a stored style; one without bytes (a `ResourceId` of AWS's) shows nothing.
pub(super) fn read(assets: &[Value]) -> Vec<Asset> {
    assets.iter().filter_map(one).collect()
}

fn one(asset: &Value) -> Option<Asset> {
    let text = |name| asset.get(name).and_then(Value::as_str);
    Some(Asset {
        category: text("Category")?.to_owned(),
        mode: match text("ColorMode")? {
            "LIGHT" => Mode::Light,
            "DARK" => Mode::Dark,
            _ => Mode::Both,
        },
        extension: text("Extension")?.to_owned(),
        bytes: STANDARD.decode(text("Bytes")?).ok()?,
    })
}

/// Refuses what is not an image of its kind.
pub(super) fn check(assets: &[Value]) -> Result<()> {
    if assets.len() > MOST {
        return Err(Error::invalid("A branding style can have at most 40 assets."));
    }
    for value in assets {
        let Some(asset) = one(value) else {
            return Err(Error::invalid(
                "An asset must have Bytes: the server has no resources of its own to refer to.",
            ));
        };
        let Asset { category, extension, bytes, .. } = &asset;
        if bytes.len() > LARGEST {
            return Err(Error::invalid(format!("Asset {category} is larger than 1 MB.")));
        }
        let fits = match category.as_str() {
            "FAVICON_ICO" => extension == "ICO",
            "FAVICON_SVG" => extension == "SVG",
            _ => extension != "ICO",
        };
        if !fits || !is_image(extension, bytes) {
            return Err(Error::invalid(format!("Asset {category} is not a valid {extension} image.")));
        }
    }
    Ok(())
}

/// Whether the bytes begin as the format does.
pub(super) fn is_image(extension: &str, bytes: &[u8]) -> bool {
    match extension {
        "PNG" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "JPEG" => bytes.starts_with(b"\xff\xd8\xff"),
        "WEBP" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "ICO" => bytes.starts_with(&[0, 0, 1, 0]),
        "SVG" => std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")),
        _ => false,
    }
}

/// The image takes the place of another of its category and mode.
pub(super) fn lay_over(below: &mut Vec<Value>, above: Vec<Value>) {
    for asset in above {
        let same = |known: &Value| ["Category", "ColorMode"].iter().all(|name| known.get(name) == asset.get(name));
        match below.iter_mut().find(|known| same(known)) {
            Some(known) => *known = asset,
            None => below.push(asset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asset(category: &str, extension: &str, bytes: &[u8]) -> Value {
        json!({"Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": STANDARD.encode(bytes)})
    }

    #[test]
    fn an_image_is_what_it_says_it_is() {
        const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";
        assert!(check(&[asset("FORM_LOGO", "PNG", PNG), asset("FAVICON_ICO", "ICO", &[0, 0, 1, 0, 1])]).is_ok());
        assert!(check(&[asset("FORM_LOGO", "SVG", b"<?xml version='1.0'?><svg/>")]).is_ok());
        let html = b"<html><script>alert(1)</script>";
        for bad in [
            asset("FORM_LOGO", "PNG", b"GIF89a"),
            asset("FORM_LOGO", "SVG", html),
            asset("FORM_LOGO", "SVG", b"\xff<svg"),
            asset("FORM_LOGO", "ICO", &[0, 0, 1, 0]),
            asset("FAVICON_ICO", "PNG", PNG),
            asset("FORM_LOGO", "JPEG", PNG),
            asset("FORM_LOGO", "WEBP", b"RIFF0000AVI "),
            asset("FORM_LOGO", "PNG", &[PNG, &vec![0; LARGEST]].concat()),
            json!({"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "ResourceId": "x"}),
        ] {
            assert!(check(std::slice::from_ref(&bad)).is_err(), "{bad}");
        }
        assert!(check(&vec![asset("FORM_LOGO", "PNG", PNG); MOST + 1]).is_err());
    }

    #[test]
    fn an_update_replaces_the_image_of_the_same_place() {
        let mut all = vec![asset("FORM_LOGO", "PNG", b"1"), asset("PAGE_BACKGROUND", "PNG", b"2")];
        lay_over(&mut all, vec![asset("FORM_LOGO", "JPEG", b"3"), asset("FAVICON_ICO", "ICO", b"4")]);
        let kinds: Vec<_> = all.iter().map(|one| one["Extension"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["JPEG", "PNG", "ICO"]);
    }
}

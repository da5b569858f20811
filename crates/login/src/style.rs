//! How a client's pages look: its style sheet, images and what the template has to know, made once from the client's branding and kept as long as
//! that does not change. Values reach the sheet as colours, numbers and paths of ours only: nothing that was given is copied into it.
use crate::Login;
use crate::assets::{DARK, LIGHT, RULES};
use bytes::Bytes;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use user_pools::branding::{self, Asset, Brand, Colour, Mode, UiCustomization, at};
use user_pools::oauth::Site;
use user_pools::{ClientId, PoolId, Result};

/// Custom property, path in the settings (`{}` is the mode).
const COLOURS: [(&str, &str); 33] = [
    ("ground", "components.pageBackground.{}.color"),
    ("card", "components.form.{}.backgroundColor"),
    ("edge", "components.form.{}.borderColor"),
    ("heading", "components.pageText.{}.headingColor"),
    ("text", "components.pageText.{}.bodyColor"),
    ("soft", "components.pageText.{}.descriptionColor"),
    ("label", "componentClasses.inputLabel.{}.textColor"),
    ("hint", "componentClasses.inputDescription.{}.textColor"),
    ("field", "componentClasses.input.{}.defaults.backgroundColor"),
    ("line", "componentClasses.input.{}.defaults.borderColor"),
    ("link", "componentClasses.link.{}.defaults.textColor"),
    ("link-strong", "componentClasses.link.{}.hover.textColor"),
    ("focus", "componentClasses.focusState.{}.borderColor"),
    ("divider", "componentClasses.divider.{}.borderColor"),
    ("bad-ground", "componentClasses.statusIndicator.{}.error.backgroundColor"),
    ("bad-edge", "componentClasses.statusIndicator.{}.error.borderColor"),
    ("good-ground", "componentClasses.statusIndicator.{}.success.backgroundColor"),
    ("good-edge", "componentClasses.statusIndicator.{}.success.borderColor"),
    ("button", "components.primaryButton.{}.defaults.backgroundColor"),
    ("button-edge", "components.primaryButton.{}.defaults.borderColor"),
    ("button-strong", "components.primaryButton.{}.hover.backgroundColor"),
    ("button-edge-strong", "components.primaryButton.{}.hover.borderColor"),
    ("second", "components.secondaryButton.{}.defaults.backgroundColor"),
    ("second-edge", "components.secondaryButton.{}.defaults.borderColor"),
    ("on-second", "components.secondaryButton.{}.defaults.textColor"),
    ("second-strong", "components.secondaryButton.{}.hover.backgroundColor"),
    ("second-edge-strong", "components.secondaryButton.{}.hover.borderColor"),
    ("on-second-strong", "components.secondaryButton.{}.hover.textColor"),
    ("bar", "components.pageHeader.{}.background.color"),
    ("bar-edge", "components.pageHeader.{}.borderColor"),
    ("foot", "components.pageFooter.{}.background.color"),
    ("foot-edge", "components.pageFooter.{}.borderColor"),
    ("accent", "components.primaryButton.{}.defaults.backgroundColor"),
];

/// A button's text, its path, and its ground: a text without a colour, on a ground that has one, gets black or white.
const BUTTON_TEXTS: [(&str, &str, &str); 3] = [
    (
        "on-button",
        "components.primaryButton.{}.defaults.textColor",
        "components.primaryButton.{}.defaults.backgroundColor",
    ),
    (
        "on-button-strong",
        "components.primaryButton.{}.hover.textColor",
        "components.primaryButton.{}.hover.backgroundColor",
    ),
    (
        "on-accent",
        "components.primaryButton.{}.defaults.textColor",
        "components.primaryButton.{}.defaults.backgroundColor",
    ),
];

/// Custom property, path of a number of pixels.
const RADII: [(&str, &str); 3] = [
    ("radius", "componentClasses.buttons.borderRadius"),
    ("field-radius", "componentClasses.input.borderRadius"),
    ("card-radius", "components.form.borderRadius"),
];

/// Looks are forgotten all at once beyond so many, or so many bytes of their files (a style may have 40 images).
const KEPT: usize = 256;
const KEPT_BYTES: usize = 32 << 20;

/// Content type and content.
type Content = (&'static str, Bytes);
/// Files of a look, by path.
type Files = HashMap<String, Content>;

/// A picture that may differ between the colour schemes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picture {
    /// In the light scheme, or in both.
    pub light: String,
    /// In the dark scheme, where it is another.
    pub dark: Option<String>,
    /// `start`, `center` or `end`.
    pub place: &'static str,
}

/// A bar above or below the page, with or without a logo.
#[derive(Debug)]
pub(crate) struct Bar {
    pub logo: Option<Picture>,
}

/// A client's look.
#[derive(Debug)]
pub(crate) struct Look {
    /// The path of its style sheet.
    pub css: String,
    /// `light`, `dark` or both, for the browser.
    pub schemes: &'static str,
    /// In the card, in place of the mark.
    pub logo: Option<Picture>,
    /// Above the page: a bar, with or without a logo.
    pub header: Option<Bar>,
    /// Below the page.
    pub footer: Option<Bar>,
    /// Paths and types of the favicons.
    pub icons: Vec<(String, &'static str)>,
    /// Whether the menu of languages shows.
    pub languages: bool,
    files: Files,
}

/// The looks that were made, by client and version: domains of both versions may lead to one client.
#[derive(Default)]
pub(crate) struct Looks(Mutex<HashMap<(ClientId, u32), Made>>);

/// The mark of what a look was made from, and the look.
type Made = (String, Option<Arc<Look>>);

impl Login {
    /// The look of a client's pages; `None` as they come.
    pub(crate) async fn look(&self, site: &Site, domain: Option<&str>) -> Result<Option<Arc<Look>>> {
        let (version, mark) = self.pools.brand_mark(site, domain).await?;
        let key = (site.client.id.clone(), version);
        if let Some((known, look)) = self.looks.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && *known == mark
        {
            return Ok(look.clone());
        }
        let brand = self.pools.brand(&site.pool.id, &site.client.id, version).await?;
        let look = Look::of(&site.client.id, &brand).map(Arc::new);
        let mut looks = self.looks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = |made: &Made| made.1.as_ref().map_or(0, |look| look.bytes());
        if looks.len() >= KEPT || looks.values().map(bytes).sum::<usize>() >= KEPT_BYTES {
            looks.clear();
        }
        looks.insert(key, (mark, look.clone()));
        Ok(look)
    }

    /// A file of a look: `/assets/login-<what>-<owner>-<hash>.<extension>`. The owner is a client, or a pool for the logo of all its clients.
    pub(crate) async fn look_file(&self, domain: Option<&str>, path: &str) -> Option<Content> {
        let name = path.strip_prefix("/assets/login-style-").or(path.strip_prefix("/assets/login-image-"))?;
        let (owner, _) = name.rsplit_once('-')?;
        if owner.contains('_') {
            let ui = self.pools.ui_customization(&PoolId(owner.to_owned()), None).await.ok()??;
            return Files::from_iter(logo_file(&ui)).remove(path);
        }
        let site = self.pools.site(domain, owner).await.ok()?;
        let look = self.look(&site, domain).await.ok()??;
        look.files.get(path).cloned()
    }
}

fn logo_file(ui: &UiCustomization) -> Option<(String, Content)> {
    let (path, image) = ui.image_file()?;
    Some((path, (media_type(ui.image_extension()?), Bytes::copy_from_slice(image))))
}

fn media_type(extension: &str) -> &'static str {
    match extension {
        "PNG" => "image/png",
        "JPEG" => "image/jpeg",
        "WEBP" => "image/webp",
        "ICO" => "image/x-icon",
        _ => "image/svg+xml",
    }
}

impl Look {
    /// The size of its files.
    fn bytes(&self) -> usize {
        self.files.values().map(|(_, content)| content.len()).sum()
    }

    fn of(client: &ClientId, brand: &Brand) -> Option<Self> {
        match brand {
            Brand::Own => None,
            Brand::Designed { settings, assets } => Some(Designed { client, settings, assets }.look()),
            Brand::Classic(ui) => Some(Self::classic(client, ui)),
        }
    }

    fn classic(client: &ClientId, ui: &UiCustomization) -> Self {
        // AWS's classic pages are light ones, and its sheets are made for them.
        let sheet = format!(":root{{color-scheme:light;{LIGHT}}}\n{RULES}\n{}", ui.sheet());
        let image = logo_file(ui);
        let logo = image.as_ref().map(|(path, _)| Picture { light: path.clone(), dark: None, place: "start" });
        let mut files = Files::from_iter(image);
        let css = keep_sheet(&mut files, client, sheet);
        Self { css, schemes: "light", logo, header: None, footer: None, icons: vec![], languages: true, files }
    }
}

fn keep_sheet(files: &mut Files, client: &ClientId, sheet: String) -> String {
    let path = format!("/assets/login-style-{client}-{}.css", branding::content_hash(sheet.as_bytes()));
    files.insert(path.clone(), ("text/css; charset=utf-8", sheet.into()));
    path
}

/// A branding style being read.
struct Designed<'a> {
    client: &'a ClientId,
    settings: &'a Value,
    assets: &'a [Asset],
}

impl Designed<'_> {
    fn look(&self) -> Look {
        let scheme = self.word("categories.global.colorSchemeMode");
        let pair = |name: &str| {
            let base = if name == "lightMode" { LIGHT.to_owned() } else { format!("{LIGHT}{DARK}") };
            format!("{base}{}{}", self.colours(name), self.radii())
        };
        let sheet = match scheme {
            "LIGHT" => format!(":root{{color-scheme:light;{}}}\n", pair("lightMode")),
            "DARK" => format!(":root{{color-scheme:dark;{}}}\n", pair("darkMode")),
            _ => format!(
                ":root{{color-scheme:light dark;{}}}\n@media(prefers-color-scheme:dark){{:root{{{}}}}}\n",
                pair("lightMode"),
                pair("darkMode")
            ),
        };
        let sheet = format!("{sheet}{RULES}\n{}", self.layout(scheme));
        let mut files: Files = self
            .assets
            .iter()
            .map(|one| (self.path(one), (media_type(&one.extension), one.bytes.clone().into())))
            .collect();
        let css = keep_sheet(&mut files, self.client, sheet);
        Look {
            css,
            schemes: match scheme {
                "LIGHT" => "light",
                "DARK" => "dark",
                _ => "light dark",
            },
            logo: self.shown("components.form.logo", "FORM_LOGO", scheme),
            header: self.bar("pageHeader", "PAGE_HEADER_LOGO", scheme),
            footer: self.bar("pageFooter", "PAGE_FOOTER_LOGO", scheme),
            icons: self.icons(),
            languages: self.is_on("categories.form.languageSelector"),
            files,
        }
    }

    fn word(&self, path: &str) -> &str {
        at(self.settings, path).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_on(&self, path: &str) -> bool {
        at(self.settings, &format!("{path}.enabled")).and_then(Value::as_bool).unwrap_or_default()
    }

    fn colour(&self, path: &str, mode: &str) -> Option<Colour> {
        Colour::read(self.word(&path.replace("{}", mode)))
    }

    fn colours(&self, mode: &str) -> String {
        let mut css = String::new();
        for (name, path) in COLOURS {
            if let Some(colour) = self.colour(path, mode) {
                let _ = write!(css, "--{name}:{colour};");
            }
        }
        for (name, text, ground) in BUTTON_TEXTS {
            let readable = || Some(self.colour(ground, mode)?.over(Colour::WHITE).readable_on());
            if let Some(colour) = self.colour(text, mode).or_else(readable) {
                let _ = write!(css, "--{name}:{colour};");
            }
        }
        css
    }

    fn radii(&self) -> String {
        let mut css = String::new();
        for (name, path) in RADII {
            // A number is printed by us; a wild one would only be ugly.
            if let Some(pixels) = at(self.settings, path).and_then(Value::as_f64).filter(|pixels| pixels.is_finite()) {
                let _ = write!(css, "--{name}:{:.1}px;", pixels.clamp(0.0, 100.0));
            }
        }
        css
    }

    fn path(&self, asset: &Asset) -> String {
        branding::image_path(&self.client.0, &asset.extension, &asset.bytes)
    }

    /// The image of a category in a scheme.
    fn image(&self, category: &str, mode: Mode) -> Option<String> {
        let mut found = self.assets.iter().filter(|one| one.category == category);
        found.find(|one| one.mode == mode || one.mode == Mode::Both).map(|one| self.path(one))
    }

    /// The image of a category, in the schemes that show.
    fn picture(&self, category: &str, scheme: &str) -> Option<(String, Option<String>)> {
        let (light, dark) = (self.image(category, Mode::Light), self.image(category, Mode::Dark));
        match scheme {
            "LIGHT" => Some((light.or(dark)?, None)),
            "DARK" => Some((dark.or(light)?, None)),
            _ => match (light, dark) {
                (Some(light), dark) => Some((light, dark)),
                (None, Some(dark)) => Some((dark, None)),
                (None, None) => None,
            },
        }
    }

    fn shown(&self, settings: &str, category: &str, scheme: &str) -> Option<Picture> {
        let (light, dark) = self.picture(category, scheme).filter(|_| self.is_on(settings))?;
        let place = match self.word(&format!("{settings}.location")) {
            "CENTER" => "center",
            "END" => "end",
            _ => "start",
        };
        Some(Picture { light, dark, place })
    }

    fn bar(&self, name: &str, category: &str, scheme: &str) -> Option<Bar> {
        let on = self.is_on(&format!("categories.global.{name}"));
        on.then(|| Bar { logo: self.shown(&format!("components.{name}.logo"), category, scheme) })
    }

    fn icons(&self) -> Vec<(String, &'static str)> {
        let enabled = at(self.settings, "components.favicon.enabledTypes").and_then(Value::as_array);
        let is_enabled = |kind: &str| enabled.is_some_and(|kinds| kinds.iter().any(|one| one.as_str() == Some(kind)));
        let icon = |(kind, category): (&str, &str)| {
            let path = self.image(category, Mode::Light).or_else(|| self.image(category, Mode::Dark))?;
            is_enabled(kind).then(|| (path, media_type(kind)))
        };
        [("ICO", "FAVICON_ICO"), ("SVG", "FAVICON_SVG")].into_iter().filter_map(icon).collect()
    }

    /// Where the form stands, and the images behind it.
    fn layout(&self, scheme: &str) -> String {
        let mut css = String::new();
        let side = |word: &str| match word {
            "START" => "flex-start",
            "END" => "flex-end",
            _ => "center",
        };
        let (across, down) =
            (self.word("categories.form.location.horizontal"), self.word("categories.form.location.vertical"));
        let _ = write!(
            css,
            "@media(min-width:48rem){{body{{align-items:{};justify-content:{};--side:4rem}}}}",
            side(across),
            side(down)
        );
        if self.word("categories.global.spacingDensity") == "COMPACT" {
            css.push_str(".card{padding:1.5rem}.field{margin-bottom:.75rem}button{margin-top:1rem}");
        }
        let grounds = [
            ("body", "components.pageBackground.image", "PAGE_BACKGROUND"),
            (".card", "components.form.backgroundImage", "FORM_BACKGROUND"),
            (".bar", "components.pageHeader.backgroundImage", "PAGE_HEADER_BACKGROUND"),
            (".foot", "components.pageFooter.backgroundImage", "PAGE_FOOTER_BACKGROUND"),
        ];
        for (selector, settings, category) in grounds {
            let Some((light, dark)) = self.picture(category, scheme).filter(|_| self.is_on(settings)) else { continue };
            let _ = write!(
                css,
                "{selector}{{background-image:url({light});background-size:cover;background-position:center}}"
            );
            if let Some(dark) = dark {
                let _ = write!(css, "@media(prefers-color-scheme:dark){{{selector}{{background-image:url({dark})}}}}");
            }
        }
        css
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sheet(settings: &Value, assets: &[Asset]) -> (Look, String) {
        let client = ClientId("abc".to_owned());
        let settings = branding::merged(Some(settings));
        let look = Designed { client: &client, settings: &settings, assets }.look();
        let css = String::from_utf8(look.files[&look.css].1.to_vec()).unwrap();
        (look, css)
    }

    fn png(category: &str, mode: Mode, bytes: &[u8]) -> Asset {
        Asset { category: category.to_owned(), mode, extension: "PNG".to_owned(), bytes: bytes.to_vec() }
    }

    #[tokio::test]
    async fn a_look_is_made_once_whatever_the_versions_of_the_domains_and_its_files_are_not_copied() {
        let bench = testing::Bench::new();
        let pool = bench.pool().await;
        let client = bench.client(&pool).await;
        let urls = crate::Urls { base: String::new(), login: String::new(), plain_login: false };
        let login = Login::new(bench.pools.clone(), urls);
        let branding = user_pools::group::Branding {
            pool: pool.id.clone(),
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
            client: client.id.clone(),
            version: 1,
            cognito_values: false,
            settings: None,
            assets: vec![],
            created: bench.now(),
            modified: bench.now(),
        };
        bench.pools.create_branding(bench.now(), branding).await.unwrap();
        for (name, version) in [("old", 1), ("login.example.com", 2)] {
            let domain = user_pools::domain::Domain {
                scope: pool.scope.clone(),
                name: name.to_owned(),
                pool: pool.id.clone(),
                version: 1,
                managed_login_version: version,
                custom: (version == 2)
                    .then(|| json!({"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"})),
                routing: None,
                created: bench.now(),
            };
            bench.pools.create_domain(bench.now(), domain).await.unwrap();
        }
        let site = bench.pools.site(Some("login.example.com"), &client.id.0).await.unwrap();
        let look = async |domain| login.look(&site, Some(domain)).await.unwrap();
        let first = look("login.example.com").await.unwrap();
        assert!(look("old").await.is_none());
        assert!(Arc::ptr_eq(&first, &look("login.example.com").await.unwrap()));
        let (_, sheet) = login.look_file(Some("login.example.com"), &first.css).await.unwrap();
        assert_eq!(sheet.as_ptr(), first.files[&first.css].1.as_ptr());
    }

    #[test]
    fn every_property_of_the_table_is_one_of_the_sheets_own() {
        for (name, _) in COLOURS.into_iter().chain(RADII).chain(BUTTON_TEXTS.map(|(name, text, _)| (name, text))) {
            assert!(LIGHT.contains(&format!("--{name}:")), "{name}");
        }
    }

    #[test]
    fn values_cannot_leave_the_sheet() {
        let evil = "ff0000;}body{background:url(//evil.example)";
        let settings = json!({
            "categories": {"global": {"colorSchemeMode": evil}, "form": {"location": {"horizontal": evil}}},
            "componentClasses": {"buttons": {"borderRadius": evil}, "input": {"borderRadius": 1e300}},
            "components": {"pageBackground": {"lightMode": {"color": evil}}, "form": {"logo": {"location": evil}}}
        });
        let (_, css) = sheet(&settings, &[]);
        assert!(!css.contains("evil"), "{css}");
        assert!(css.contains("--field-radius:100.0px"));
    }

    #[test]
    fn a_button_without_a_text_colour_gets_one_that_can_be_read() {
        let yellow =
            json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "ffee00ff"}}}}});
        let (_, css) = sheet(&yellow, &[]);
        assert!(css.contains("--button:#ffee00ff;") && css.contains("--on-button:#000000ff;"), "{css}");
    }

    #[test]
    fn a_light_style_stays_light_and_a_dynamic_one_has_both() {
        let (look, css) = sheet(&json!({"categories": {"global": {"colorSchemeMode": "LIGHT"}}}), &[]);
        assert!(!css.contains("prefers-color-scheme") && css.contains("color-scheme:light;"));
        assert_eq!(look.schemes, "light");
        let (look, css) = sheet(&json!({}), &[]);
        assert!(css.contains("@media(prefers-color-scheme:dark)"));
        assert_eq!(look.schemes, "light dark");
    }

    #[test]
    fn images_show_where_the_settings_turn_them_on() {
        let assets = [
            png("PAGE_BACKGROUND", Mode::Light, b"1"),
            png("FORM_LOGO", Mode::Light, b"2"),
            png("FORM_LOGO", Mode::Dark, b"3"),
            png("PAGE_HEADER_LOGO", Mode::Both, b"4"),
        ];
        let (look, css) = sheet(&json!({}), &assets);
        let logo = look.logo.unwrap();
        assert!(logo.dark.is_some_and(|dark| dark != logo.light) && logo.place == "start");
        assert!(css.contains("body{background-image:url(/assets/login-image-abc-"));
        assert!(look.header.is_none());
        let off = json!({
            "categories": {"global": {"pageHeader": {"enabled": true}}},
            "components": {"form": {"logo": {"enabled": false}}, "pageBackground": {"image": {"enabled": false}}}
        });
        let (look, css) = sheet(&off, &assets);
        assert!(look.logo.is_none() && look.header.unwrap().logo.is_some() && !css.contains("url("));
    }
}

//! How managed login looks: branding styles (version 2: a document of settings, and images) and UI customizations (version 1: a sheet of classes
//! and a logo). What is given is checked here, kept losslessly and shown as given; the login pages apply what they know of it.
mod assets;
mod classic;
mod colour;
mod contrast;
mod operations;

pub use assets::{Asset, Mode};
pub use classic::UiCustomization;
pub use colour::Colour;
pub use operations::Change;

use crate::domain::Domain;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::oauth::Site;
use crate::ports::StoreError;
use crate::service::UserPools;
use serde_json::Value;

/// How the pages of a client look.
#[derive(Clone, Debug)]
pub enum Brand {
    /// As they come.
    Own,
    /// A branding style.
    Designed {
        /// `Settings`, merged with the defaults.
        settings: Value,
        /// The images.
        assets: Vec<Asset>,
    },
    /// A UI customization.
    Classic(Box<UiCustomization>),
}

/// The client whose UI customization is that of all clients without their own.
pub const ALL: &str = "ALL";

impl UserPools {
    /// What changes whenever the look of a client's pages does: cheap to ask for with each page.
    pub async fn brand_mark(&self, site: &Site, domain: Option<&str>) -> Result<(u32, String)> {
        let domains = self.store.domains_of(site.pool.id.clone()).await?;
        let version = login_version(&domains, domain);
        let mark = self.store.brand_mark(site.pool.id.clone(), site.client.id.clone()).await?;
        Ok((version, format!("{version} {mark}")))
    }

    /// The look itself. `version` is the one of the mark.
    pub async fn brand(&self, pool: &PoolId, client: &ClientId, version: u32) -> Result<Brand> {
        if version == 1 {
            return Ok(match self.stored_ui(pool, client).await? {
                Some(ui) => Brand::Classic(Box::new(ui)),
                None => Brand::Own,
            });
        }
        match self.store.branding_of_client(pool.clone(), client.clone()).await {
            Ok(branding) if branding.cognito_values => Ok(Brand::Own),
            Ok(branding) => Ok(Brand::Designed {
                assets: assets::read(&branding.assets),
                settings: merged(branding.settings.as_ref()),
            }),
            Err(StoreError::NotFound) => Ok(Brand::Own),
            Err(error) => Err(error.into()),
        }
    }

    async fn stored_ui(&self, pool: &PoolId, client: &ClientId) -> Result<Option<UiCustomization>> {
        for client in [client.clone(), ClientId(ALL.to_owned())] {
            match self.store.ui_customization(pool.clone(), client).await {
                Ok(ui) => return Ok(Some(ui)),
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }
}

/// The `ManagedLoginVersion` of the domain that was asked; on the plain base that of the pool's first domain.
fn login_version(domains: &[Domain], asked: Option<&str>) -> u32 {
    let named = asked.and_then(|name| domains.iter().find(|domain| domain.name == name));
    named.or(domains.first()).map_or(2, |domain| domain.managed_login_version)
}

/// The path of an image on the login pages: whose it is, and a hash of what it is, so that it may be kept for ever.
pub fn image_path(owner: &str, extension: &str, image: &[u8]) -> String {
    format!("/assets/login-image-{owner}-{}.{}", content_hash(image), extension.to_ascii_lowercase())
}

/// Half a SHA-256, in hexadecimal.
pub fn content_hash(content: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
    hex::encode(&digest.as_ref()[..16])
}

/// What the pages look like where a style says nothing, in the form of `Settings`.
const DEFAULTS: &str = include_str!("defaults.json");

/// A style's settings over the defaults.
pub fn merged(settings: Option<&Value>) -> Value {
    let mut all = serde_json::from_str(DEFAULTS).unwrap_or_default();
    if let Some(settings) = settings {
        lay_over(&mut all, settings);
    }
    all
}

/// Objects are merged, everything else is replaced.
fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                lay_over(below.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// What stands at a path such as `components.form.borderRadius`.
pub fn at<'a>(settings: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(settings, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_style_says_what_it_changes_and_the_rest_stays() {
        let own = json!({"categories": {"global": {"colorSchemeMode": "DARK"}}, "mine": [1]});
        let all = merged(Some(&own));
        assert_eq!(at(&all, "categories.global.colorSchemeMode"), Some(&json!("DARK")));
        assert_eq!(at(&all, "categories.form.location.horizontal"), Some(&json!("CENTER")));
        assert_eq!(at(&all, "mine"), Some(&json!([1])), "what we do not know is kept");
        assert_eq!(at(&all, "categories.nothing.here"), None);
    }
}

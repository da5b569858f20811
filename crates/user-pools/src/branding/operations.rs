//! What operators do with the look of managed login (spec F).
use super::{ALL, UiCustomization, assets, contrast, lay_over, merged};
use crate::error::{Error, ErrorKind, Result};
use crate::group::Branding;
use crate::ids::{ClientId, Millis, PoolId};
use crate::ports::StoreError;
use crate::service::UserPools;
use serde_json::Value;

/// What UpdateManagedLoginBranding changes. What it does not name stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// `UseCognitoProvidedValues`.
    pub cognito_values: Option<bool>,
    /// `Settings`, laid over those that are there.
    pub settings: Option<Value>,
    /// `Assets`; each replaces the one of its category and mode.
    pub assets: Vec<Value>,
}

impl Change {
    fn apply(self, branding: &mut Branding) -> Result<()> {
        exclusive(self.cognito_values.unwrap_or_default(), self.settings.as_ref(), &self.assets)?;
        if self.cognito_values == Some(true) {
            branding.settings = None;
            branding.assets.clear();
        }
        if let Some(settings) = self.settings {
            lay_over(branding.settings.get_or_insert_with(|| Value::Object(serde_json::Map::new())), &settings);
            branding.cognito_values = false;
        }
        if !self.assets.is_empty() {
            branding.cognito_values = false;
        }
        assets::lay_over(&mut branding.assets, self.assets);
        branding.cognito_values = self.cognito_values.unwrap_or(branding.cognito_values);
        Ok(())
    }
}

fn exclusive(provided: bool, settings: Option<&Value>, assets: &[Value]) -> Result<()> {
    if provided && (settings.is_some() || !assets.is_empty()) {
        return Err(Error::invalid("UseCognitoProvidedValues cannot be true when Settings or Assets are given."));
    }
    if settings.is_some_and(|settings| !settings.is_object()) {
        return Err(Error::invalid("Settings must be a JSON object."));
    }
    assets::check(assets)
}

fn not_there(error: StoreError) -> Error {
    match error {
        StoreError::NotFound => Error::new(ErrorKind::ResourceNotFound, "Managed login branding style does not exist."),
        other => other.into(),
    }
}

/// Says which colours are hard to read: in the log, at the time of the call.
fn warn(branding: &Branding) {
    if branding.cognito_values {
        return;
    }
    for warning in contrast::warnings(&merged(branding.settings.as_ref())) {
        tracing::warn!(pool = %branding.pool, client = %branding.client, "a colour of the branding style is hard to read: {warning}");
    }
}

impl UserPools {
    /// CreateManagedLoginBranding: one style a client.
    pub async fn create_branding(&self, now: Millis, branding: Branding) -> Result<Branding> {
        exclusive(branding.cognito_values, branding.settings.as_ref(), &branding.assets)?;
        match self.store.insert_branding(now, branding.clone()).await {
            Ok(()) => {
                warn(&branding);
                Ok(branding)
            }
            Err(StoreError::Exists(_)) => Err(Error::new(
                ErrorKind::ManagedLoginBrandingExists,
                "Managed login branding style already exists for this client.",
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// DescribeManagedLoginBranding. ResourceNotFound.
    pub async fn branding(&self, pool: PoolId, id: String) -> Result<Branding> {
        self.store.branding(pool, id).await.map_err(not_there)
    }

    /// DescribeManagedLoginBrandingByClient. ResourceNotFound.
    pub async fn branding_of_client(&self, pool: PoolId, client: ClientId) -> Result<Branding> {
        self.store.branding_of_client(pool, client).await.map_err(not_there)
    }

    /// UpdateManagedLoginBranding.
    pub async fn update_branding(&self, now: Millis, pool: PoolId, id: String, change: Change) -> Result<Branding> {
        let mut branding = self.branding(pool, id).await?;
        change.apply(&mut branding)?;
        assets::check(&branding.assets)?;
        branding.modified = now;
        branding.version = self.store.replace_branding(now, branding.clone()).await.map_err(not_there)?;
        warn(&branding);
        Ok(branding)
    }

    /// DeleteManagedLoginBranding.
    pub async fn delete_branding(&self, now: Millis, pool: PoolId, id: String) -> Result<()> {
        self.store.delete_branding(now, pool, id).await.map_err(not_there)
    }

    /// SetUICustomization: replaces what was there; without sheet and logo the pages look as they come.
    pub async fn set_ui_customization(&self, now: Millis, mut ui: UiCustomization) -> Result<UiCustomization> {
        if self.store.domains_of(ui.pool.clone()).await?.is_empty() {
            return Err(Error::invalid(
                "There has to be an existing domain associated with this user pool before UI customization.",
            ));
        }
        ui.check()?;
        if ui.css.is_none() && ui.image.is_none() {
            self.store.delete_ui_customization(now, ui.pool.clone(), ui.client.clone()).await?;
            return Ok(ui);
        }
        if let Ok(known) = self.store.ui_customization(ui.pool.clone(), ui.client.clone()).await {
            ui.created = known.created;
        }
        self.store.put_ui_customization(now, ui.clone()).await?;
        Ok(ui)
    }

    /// Where the logo of a UI customization is shown.
    pub async fn image_url(&self, ui: &UiCustomization) -> Result<Option<String>> {
        let Some((name, _)) = ui.image_file() else { return Ok(None) };
        let domains = self.store.domains_of(ui.pool.clone()).await?;
        Ok(Some(format!("{}{name}", self.config.login_at(&domains))))
    }

    /// GetUICustomization: the client's, else that of all clients; `None` where there is neither.
    pub async fn ui_customization(&self, pool: &PoolId, client: Option<ClientId>) -> Result<Option<UiCustomization>> {
        self.stored_ui(pool, &client.unwrap_or_else(|| ClientId(ALL.to_owned()))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn style() -> Branding {
        Branding {
            pool: PoolId("p".into()),
            id: "b".into(),
            client: ClientId("c".into()),
            version: 1,
            cognito_values: false,
            settings: Some(json!({"a": {"b": 1, "c": 2}})),
            assets: vec![],
            created: 0,
            modified: 0,
        }
    }

    #[test]
    fn an_update_keeps_what_it_does_not_name() {
        let mut branding = style();
        Change { settings: Some(json!({"a": {"c": 3}, "d": [4]})), ..Change::default() }.apply(&mut branding).unwrap();
        assert_eq!(branding.settings, Some(json!({"a": {"b": 1, "c": 3}, "d": [4]})));
        Change { cognito_values: Some(true), ..Change::default() }.apply(&mut branding).unwrap();
        assert_eq!((branding.settings.clone(), branding.cognito_values), (None, true));
        Change { settings: Some(json!({"x": 1})), ..Change::default() }.apply(&mut branding).unwrap();
        assert_eq!((branding.settings.clone(), branding.cognito_values), (Some(json!({"x": 1})), false));
        let both = Change { cognito_values: Some(true), settings: Some(json!({})), assets: vec![] };
        assert!(both.apply(&mut branding).is_err());
        assert!(Change { settings: Some(json!("text")), ..Change::default() }.apply(&mut branding).is_err());
    }
}

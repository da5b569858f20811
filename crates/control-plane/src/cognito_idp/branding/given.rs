//! What comes in.
use super::super::errors::invalid;
use super::super::prelude::*;

/// Assets as they are kept: AWS's shape as JSON.
pub(super) fn assets(assets: Option<Vec<wire::AssetType>>) -> Result<Vec<serde_json::Value>> {
    let kept: serde_json::Result<Vec<_>> = assets.unwrap_or_default().iter().map(serde_json::to_value).collect();
    kept.map_err(|error| invalid(error.to_string()))
}

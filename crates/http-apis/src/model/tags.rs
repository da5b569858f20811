//! Tags on APIs and stages, named by ARN.

use std::collections::BTreeMap;

use super::{Act, Api};
use crate::errors::ApiError;

/// What an ARN of this service's taggable things names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagArn {
    /// The region in the ARN.
    pub region: String,
    /// The API's id.
    pub api_id: String,
    /// The API itself or one of its stages.
    pub target: TagTarget,
}

/// The taggable part of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagTarget {
    /// The API.
    Api,
    /// One of its stages, by name.
    Stage(String),
}

impl TagArn {
    /// Reads `arn:aws:apigateway:{region}::/apis/{id}[/stages/{name}]`, already percent-decoded.
    pub fn parse(arn: &str) -> Result<Self, ApiError> {
        let mut parts = arn.splitn(6, ':');
        let head = (parts.next(), parts.next(), parts.next());
        let (Some("arn"), Some(_partition), Some("apigateway")) = head else { return Err(ApiError::NoTaggable) };
        let (Some(region), Some(_account), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ApiError::NoTaggable);
        };
        let pieces: Vec<&str> = path.split('/').collect();
        let (api_id, target) = match pieces.as_slice() {
            ["", "apis", id] => (*id, TagTarget::Api),
            ["", "apis", id, "stages", name] => (*id, TagTarget::Stage((*name).to_owned())),
            _ => return Err(ApiError::NoTaggable),
        };
        Ok(Self { region: region.to_owned(), api_id: api_id.to_owned(), target })
    }
}

impl Api {
    /// GetTags.
    pub fn tags_of(&self, target: &TagTarget) -> Result<&BTreeMap<String, String>, ApiError> {
        match target {
            TagTarget::Api => Ok(&self.tags),
            TagTarget::Stage(name) => Ok(&self.stage(name)?.tags),
        }
    }

    /// TagResource: adds and overwrites.
    pub fn tag(&mut self, target: &TagTarget, tags: BTreeMap<String, String>, act: &Act<'_>) -> Result<(), ApiError> {
        self.tags_mut(target, act)?.extend(tags);
        Ok(())
    }

    /// UntagResource: removes the keys that are there.
    pub fn untag(&mut self, target: &TagTarget, keys: &[String], act: &Act<'_>) -> Result<(), ApiError> {
        self.tags_mut(target, act)?.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    fn tags_mut(&mut self, target: &TagTarget, act: &Act<'_>) -> Result<&mut BTreeMap<String, String>, ApiError> {
        let TagTarget::Stage(name) = target else { return Ok(&mut self.tags) };
        let stage = self.stages.iter_mut().find(|stage| stage.stage_name == *name).ok_or(ApiError::NoStage)?;
        stage.last_updated_date = act.seconds();
        Ok(&mut stage.tags)
    }
}

//! Deployments: snapshots of a definition that stages point at.

use serde::{Deserialize, Serialize};

use super::{Act, Api, DEPLOYMENT_ID, Definition, patch, time};
use crate::errors::ApiError;

/// Automatic deployments that no stage points at and that are kept, newest first, so that an API that is changed
/// a thousand times does not carry a thousand snapshots. Deployments made by hand stay until they are deleted.
const SPARE_AUTOMATIC: usize = 4;

/// A deployment as the API shows it, with the snapshot it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Made by a stage's autoDeploy.
    pub auto_deployed: bool,
    /// Epoch seconds; ISO-8601 on the wire.
    #[serde(with = "time")]
    pub created_date: i64,
    /// Six characters.
    pub deployment_id: String,
    /// Always `DEPLOYED`: a snapshot is complete the moment it exists.
    pub deployment_status: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What was deployed. Not part of API Gateway's answer: [`Deployment::view`] leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Definition>,
}

impl Deployment {
    fn new(snapshot: Definition, auto_deployed: bool, description: Option<String>, act: &Act<'_>) -> Self {
        Self {
            auto_deployed,
            created_date: act.seconds(),
            deployment_id: act.id(DEPLOYMENT_ID),
            deployment_status: "DEPLOYED".to_owned(),
            description,
            snapshot: Some(snapshot),
        }
    }

    /// The wire's deployment: without the snapshot.
    #[must_use]
    pub fn view(&self) -> Self {
        Self {
            auto_deployed: self.auto_deployed,
            created_date: self.created_date,
            deployment_id: self.deployment_id.clone(),
            deployment_status: self.deployment_status.clone(),
            description: self.description.clone(),
            snapshot: None,
        }
    }
}

impl Api {
    /// One deployment.
    pub fn deployment(&self, id: &str) -> Result<&Deployment, ApiError> {
        let found = self.deployments.iter().find(|deployment| deployment.deployment_id == id);
        found.ok_or_else(|| ApiError::NoDeployment(id.to_owned()))
    }

    /// CreateDeployment: a snapshot of the definition as it stands; moves the named stage to it.
    pub fn create_deployment(
        &mut self,
        description: Option<String>,
        stage_name: Option<&str>,
        act: &Act<'_>,
    ) -> Result<Deployment, ApiError> {
        if let Some(name) = stage_name {
            self.stage(name)?;
        }
        let description = description.filter(|text| !text.is_empty());
        let deployment = Deployment::new(self.definition.clone(), false, description, act);
        self.deployments.push(deployment);
        let id = self.deployments[self.deployments.len() - 1].deployment_id.clone();
        for stage in self.stages.iter_mut().filter(|stage| Some(stage.stage_name.as_str()) == stage_name) {
            stage.deployment_id = Some(id.clone());
            stage.last_updated_date = act.seconds();
        }
        Ok(self.deployment(&id)?.view())
    }

    /// UpdateDeployment: only the description can change; `""` clears it.
    pub fn update_deployment(&mut self, id: &str, description: Option<String>) -> Result<Deployment, ApiError> {
        let found = self.deployments.iter_mut().find(|deployment| deployment.deployment_id == id);
        let deployment = found.ok_or_else(|| ApiError::NoDeployment(id.to_owned()))?;
        patch::text(&mut deployment.description, description);
        Ok(deployment.view())
    }

    /// DeleteDeployment: refused while a stage points at it.
    pub fn delete_deployment(&mut self, id: &str) -> Result<(), ApiError> {
        self.deployment(id)?;
        if self.points_at(id) {
            return Err(ApiError::DeploymentInUse);
        }
        self.deployments.retain(|deployment| deployment.deployment_id != id);
        Ok(())
    }

    /// After a change of the definition: one new deployment for all stages with autoDeploy.
    pub(super) fn changed(&mut self, act: &Act<'_>) {
        if !self.stages.iter().any(|stage| stage.auto_deploy) {
            return;
        }
        let text = "Automatic deployment triggered by changes to the Api configuration".to_owned();
        let deployment = Deployment::new(self.definition.clone(), true, Some(text), act);
        for stage in self.stages.iter_mut().filter(|stage| stage.auto_deploy) {
            stage.deployment_id = Some(deployment.deployment_id.clone());
            stage.last_updated_date = act.seconds();
            stage.last_deployment_status_message =
                Some(format!("Successfully deployed stage with deployment ID '{}'", deployment.deployment_id));
        }
        self.deployments.push(deployment);
        self.drop_spare_deployments();
    }

    fn drop_spare_deployments(&mut self) {
        let spare: Vec<String> = (self.deployments.iter().rev())
            .filter(|deployment| deployment.auto_deployed && !self.points_at(&deployment.deployment_id))
            .skip(SPARE_AUTOMATIC)
            .map(|deployment| deployment.deployment_id.clone())
            .collect();
        self.deployments.retain(|deployment| !spare.contains(&deployment.deployment_id));
    }

    fn points_at(&self, deployment: &str) -> bool {
        self.stages.iter().any(|stage| stage.deployment_id.as_deref() == Some(deployment))
    }
}

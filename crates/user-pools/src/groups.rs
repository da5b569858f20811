//! What operators do with groups, resource servers and their membership (spec E.9, H.10).
use crate::error::{Error, ErrorKind, Result};
use crate::group::{Group, ResourceServer};
use crate::ids::{Millis, PoolId};
use crate::messages;
use crate::ports::{Page, StoreError, Taken};
use crate::service::UserPools;
use crate::user::User;

/// The members of a group that an operator sets. `None` leaves a member without value: an update replaces all of them.
#[derive(Clone, Debug, Default)]
pub struct GroupSettings {
    /// `Description`.
    pub description: Option<String>,
    /// `RoleArn`.
    pub role_arn: Option<String>,
    /// `Precedence`.
    pub precedence: Option<u32>,
}

fn missing_group(error: StoreError) -> Error {
    if error == StoreError::NotFound { messages::GROUP_NOT_FOUND } else { error.into() }
}

impl UserPools {
    /// CreateGroup. GroupExists.
    pub async fn create_group(
        &self,
        now: Millis,
        pool: PoolId,
        name: String,
        settings: GroupSettings,
    ) -> Result<Group> {
        let GroupSettings { description, role_arn, precedence } = settings;
        let group = Group { pool, name, version: 1, description, role_arn, precedence, created: now, modified: now };
        match self.store.insert_group(now, group.clone()).await {
            Ok(()) => Ok(group),
            Err(StoreError::Exists(_)) => Err(messages::group_exists(&group.name)),
            Err(StoreError::NotFound) => Err(messages::pool_does_not_exist(&group.pool)),
            Err(error) => Err(error.into()),
        }
    }

    /// GetGroup. ResourceNotFound.
    pub async fn group(&self, pool: PoolId, name: String) -> Result<Group> {
        self.store.group(pool, name).await.map_err(missing_group)
    }

    /// UpdateGroup: members that are given replace the old ones; AWS keeps those that are left out here (the model calls none of them required, and the CLI sends only what changes).
    pub async fn update_group(
        &self,
        now: Millis,
        pool: PoolId,
        name: String,
        settings: GroupSettings,
    ) -> Result<Group> {
        loop {
            let mut group = self.group(pool.clone(), name.clone()).await?;
            group.description = settings.description.clone().or(group.description);
            group.role_arn = settings.role_arn.clone().or(group.role_arn);
            group.precedence = settings.precedence.or(group.precedence);
            group.modified = now;
            match self.store.replace_group(now, group.clone()).await {
                Ok(version) => return Ok(Group { version, ..group }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(missing_group(error)),
            }
        }
    }

    /// DeleteGroup. ResourceNotFound.
    pub async fn delete_group(&self, now: Millis, pool: PoolId, name: String) -> Result<()> {
        self.store.delete_group(now, pool, name).await.map_err(missing_group)
    }

    /// ListGroups.
    pub async fn groups(&self, pool: PoolId, page: Page) -> Result<Vec<Group>> {
        Ok(self.store.list_groups(pool, page).await?)
    }

    /// AdminAddUserToGroup; idempotent.
    pub async fn add_to_group(&self, now: Millis, user: &User, group: String) -> Result<()> {
        self.group(user.pool.clone(), group.clone()).await?;
        self.store.add_to_group(now, user.pool.clone(), group, user.sub.clone()).await.map_err(missing_group)
    }

    /// AdminRemoveUserFromGroup; idempotent, but the group must exist.
    pub async fn remove_from_group(&self, now: Millis, user: &User, group: String) -> Result<()> {
        self.group(user.pool.clone(), group.clone()).await?;
        Ok(self.store.remove_from_group(now, user.pool.clone(), group, user.sub.clone()).await?)
    }

    /// AdminListGroupsForUser: strongest precedence first; `after` is a group name.
    pub async fn groups_of(&self, user: &User, page: &Page) -> Result<Vec<Group>> {
        let all = self.store.groups_of(user.pool.clone(), user.sub.clone()).await?;
        let from = page
            .after
            .as_ref()
            .map_or(0, |after| all.iter().position(|group| &group.name == after).map_or(all.len(), |at| at + 1));
        Ok(all.into_iter().skip(from).take(page.limit).collect())
    }

    /// ListUsersInGroup.
    pub async fn users_in_group(&self, pool: PoolId, group: String, page: Page) -> Result<Vec<User>> {
        self.group(pool.clone(), group.clone()).await?;
        Ok(self.store.users_in_group(pool, group, page).await?)
    }

    /// CreateResourceServer. InvalidParameter when the identifier is taken.
    pub async fn create_resource_server(&self, now: Millis, server: ResourceServer) -> Result<ResourceServer> {
        check_scopes(&server)?;
        match self.store.insert_resource_server(now, server.clone()).await {
            Ok(()) => Ok(server),
            Err(StoreError::Exists(Taken::Key)) => {
                Err(messages::resource_server_exists(&server.identifier, &server.pool))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// DescribeResourceServer. ResourceNotFound.
    pub async fn resource_server(&self, pool: PoolId, identifier: String) -> Result<ResourceServer> {
        self.store.resource_server(pool, identifier.clone()).await.map_err(|error| missing_server(error, &identifier))
    }

    /// UpdateResourceServer: replaces name and scopes.
    pub async fn update_resource_server(&self, now: Millis, change: ResourceServer) -> Result<ResourceServer> {
        check_scopes(&change)?;
        loop {
            let stored = self.resource_server(change.pool.clone(), change.identifier.clone()).await?;
            let next = ResourceServer { version: stored.version, ..change.clone() };
            match self.store.replace_resource_server(now, next.clone()).await {
                Ok(version) => return Ok(ResourceServer { version, ..next }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(missing_server(error, &change.identifier)),
            }
        }
    }

    /// DeleteResourceServer. ResourceNotFound.
    pub async fn delete_resource_server(&self, now: Millis, pool: PoolId, identifier: String) -> Result<()> {
        self.store
            .delete_resource_server(now, pool, identifier.clone())
            .await
            .map_err(|error| missing_server(error, &identifier))
    }

    /// ListResourceServers.
    pub async fn resource_servers(&self, pool: PoolId, page: Page) -> Result<Vec<ResourceServer>> {
        Ok(self.store.list_resource_servers(pool, page).await?)
    }
}

fn missing_server(error: StoreError, identifier: &str) -> Error {
    if error == StoreError::NotFound { messages::resource_server_does_not_exist(identifier) } else { error.into() }
}

/// Scope names are unique within a server; the slash separates identifier and scope, so names have none.
fn check_scopes(server: &ResourceServer) -> Result<()> {
    for (index, (name, _)) in server.scopes.iter().enumerate() {
        if name.contains('/') {
            return Err(Error::new(
                ErrorKind::InvalidParameter,
                format!("Scope name {name} must not contain a slash."),
            ));
        }
        if server.scopes[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(Error::new(ErrorKind::InvalidParameter, format!("Scope name {name} is given twice.")));
        }
    }
    Ok(())
}

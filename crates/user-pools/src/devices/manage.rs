//! GetDevice, ListDevices, ForgetDevice, UpdateDeviceStatus: by the user, and by an operator for any user.
use super::{Device, DeviceChange, FORGOTTEN, forgotten_mark, tracking};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{Page, StoreError};
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::user::User;

impl UserPools {
    /// GetDevice, AdminGetDevice. ResourceNotFound; InvalidUserPoolConfiguration where the pool tracks none.
    pub async fn device_of(&self, pool: &UserPool, user: &User, key: &str) -> Result<Device> {
        check_tracked(pool)?;
        self.store.device(pool.id.clone(), user.sub.clone(), key.to_owned()).await.map_err(unknown)
    }

    /// ListDevices, AdminListDevices; by key.
    pub async fn devices_of(&self, pool: &UserPool, user: &User, page: Page) -> Result<Vec<Device>> {
        check_tracked(pool)?;
        Ok(self.store.list_devices(pool.id.clone(), user.sub.clone(), page).await?)
    }

    /// ForgetDevice, AdminForgetDevice. `client` is none for an operator.
    pub async fn forget_device(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        client: Option<&ClientId>,
        key: &str,
    ) -> Result<()> {
        let mut trail =
            Trail::of_user(if client.is_some() { "ForgetDevice" } else { "AdminForgetDevice" }, user, client);
        trail.at("device");
        let result = match check_tracked(pool) {
            Ok(()) => {
                let mark = (forgotten_mark(&pool.id, &user.sub, key), cx.now.saturating_add(FORGOTTEN));
                let (pool, sub) = (pool.id.clone(), user.sub.clone());
                self.store.delete_device(pool, sub, key.to_owned(), mark).await.map_err(unknown)
            }
            Err(error) => Err(error),
        };
        self.conclude(cx, &trail, result)
    }

    /// UpdateDeviceStatus, AdminUpdateDeviceStatus.
    pub async fn update_device_status(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        client: Option<&ClientId>,
        (key, remembered): (&str, bool),
    ) -> Result<()> {
        let action = if client.is_some() { "UpdateDeviceStatus" } else { "AdminUpdateDeviceStatus" };
        let mut trail = Trail::of_user(action, user, client);
        trail.at("device");
        let change = DeviceChange::Remembered(remembered);
        let result = match check_tracked(pool) {
            Ok(()) => {
                let (pool, sub) = (pool.id.clone(), user.sub.clone());
                self.store.change_device(cx.now, pool, sub, key.to_owned(), change).await.map_err(unknown)
            }
            Err(error) => Err(error),
        };
        self.conclude(cx, &trail, result)
    }
}

fn check_tracked(pool: &UserPool) -> Result<()> {
    tracking(&pool.settings).map(drop).ok_or(messages::DEVICES_NOT_TRACKED)
}

fn unknown(error: StoreError) -> crate::Error {
    match error {
        StoreError::NotFound => messages::DEVICE_DOES_NOT_EXIST,
        other => other.into(),
    }
}

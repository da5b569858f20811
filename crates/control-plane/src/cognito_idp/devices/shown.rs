//! How a device is shown, and its status read.
use super::super::prelude::*;
use user_pools::devices::Device;

/// `DeviceType`.
pub(super) fn device(device: Device) -> wire::DeviceType {
    let attribute = |name: &str, value: String| wire::AttributeType { name: name.to_owned(), value: Some(value) };
    let name = device.name.map(|name| attribute("device_name", name));
    let others = [attribute("device_status", "valid".to_owned()), attribute("last_ip_used", device.last_ip)];
    wire::DeviceType {
        device_key: Some(device.key),
        device_attributes: Some(others.into_iter().chain(name).collect()),
        device_create_date: Some(device.created.into()),
        device_last_modified_date: Some(device.modified.into()),
        device_last_authenticated_date: Some(device.authenticated.into()),
    }
}

/// `DeviceRememberedStatus`; left out, it is not remembered.
pub(super) fn remembered(status: Option<wire::DeviceRememberedStatusType>) -> bool {
    status == Some(wire::DeviceRememberedStatusType::Remembered)
}

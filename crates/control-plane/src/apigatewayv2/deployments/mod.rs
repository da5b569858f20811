//! Deployments: snapshots that stages point at. One file per operation; the rules are `http-apis`'s.

pub(super) mod create_deployment;
pub(super) mod delete_deployment;
pub(super) mod get_deployment;
pub(super) mod get_deployments;
pub(super) mod update_deployment;

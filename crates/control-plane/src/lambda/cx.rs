//! What an operation has at hand, and how it finds the function that a client names.

use bytes::Bytes;
use functions::{FunctionRef, Functions};
use user_pools::{RequestContext, Scope};

use super::Ports;
use super::errors::{Refusal, denied, invalid, unreachable};
use crate::caller::{Permit, SigV4};

/// What an operation has at hand.
pub(super) struct Cx {
    pub(super) ports: Ports,
    pub(super) request: RequestContext,
    pub(super) scope: Scope,
    pub(super) operation: &'static str,
    /// The request's body, for the operation whose member it is.
    pub(super) body: Bytes,
    uploads: bool,
}

impl Cx {
    pub(super) fn new(
        ports: Ports,
        uploads: bool,
        request: RequestContext,
        by: &Permit<SigV4>,
        operation: &'static str,
        body: Bytes,
    ) -> Self {
        Self { ports, request, scope: by.scope().clone(), operation, body, uploads }
    }

    pub(super) fn functions(&self) -> &Functions {
        &self.ports.functions
    }

    /// The function that a client names, by name or ARN. Only those of the caller's account and region can be meant.
    pub(super) fn named(&self, name: &str, qualifier: Option<&str>) -> Result<FunctionRef, Refusal> {
        let asked = FunctionRef::parse(&self.scope, name);
        let mut asked = asked.ok_or_else(|| invalid(format!("{name} is not a valid function name")))?;
        match (&asked.qualifier, qualifier) {
            (Some(own), Some(other)) if own != other => {
                return Err(invalid(
                    "The derived qualifier from the function name does not match the specified qualifier.",
                ));
            }
            (None, Some(other)) => asked.qualifier = Some(other.to_owned()),
            _ => {}
        }
        if asked.key.account != self.scope.account {
            return Err(denied(self, &asked.key.arn()));
        }
        if asked.key.region != self.scope.region {
            return Err(unreachable(&asked.key.region, &self.scope.region));
        }
        Ok(asked)
    }

    /// Whether code may be brought, or what runs be changed: a variable such as NODE_OPTIONS or LD_PRELOAD is code as well.
    pub(super) fn may_upload(&self) -> Result<(), Refusal> {
        if self.uploads { Ok(()) } else { Err(super::errors::uploads_are_off().into()) }
    }
}

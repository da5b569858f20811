//! `demo.json`: how to sign in to the demo. The passwords stand here and nowhere else (the database has hashes only).
use super::{DataError, private_file};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the first start of `cognate dev` made.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demo {
    /// The pool `dashboard`.
    pub user_pool_id: String,
    /// Its public app client.
    pub client_id: String,
    /// The HTTP API `dashboard`.
    pub api_id: String,
    /// An ordinary user.
    #[serde(rename = "demoUser")]
    pub user: Login,
    /// A member of the group `admins`.
    #[serde(rename = "demoAdmin")]
    pub admin: Login,
}

/// A name and its password.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// The e-mail address to sign in with.
    pub username: String,
    /// The password, in clear: this file is 0600.
    pub password: String,
}

impl Demo {
    /// The demo of this folder, if it was made before.
    pub fn load(folder: &Path) -> Result<Option<Self>, DataError> {
        let path = folder.join("demo.json");
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                DataError(format!(
                    "{} is damaged ({error}); delete it to have the demo users made anew",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DataError(format!("cannot read {}: {error}", path.display()))),
        }
    }

    /// Keeps it.
    pub fn save(&self, folder: &Path) -> Result<(), DataError> {
        let path = folder.join("demo.json");
        let text = serde_json::to_vec_pretty(self).map_err(|error| DataError(error.to_string()))?;
        private_file::write(&path, &text)
            .map_err(|error| DataError(format!("cannot write {}: {error}", path.display())))
    }
}

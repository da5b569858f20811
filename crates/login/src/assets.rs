//! The one style sheet, under a name that changes with its content.
use crate::answer;
use aws_lc_rs::digest;
use bytes::Bytes;
use http::Response;
use std::sync::LazyLock;

const CSS: &str = include_str!("../assets/login.css");

static CSS_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = digest::digest(&digest::SHA256, CSS.as_bytes());
    let hash: String = digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/login-{hash}.css")
});

/// Where the style sheet is.
pub(crate) fn css_path() -> &'static str {
    &CSS_PATH
}

/// The file behind a path.
pub(crate) fn get(path: &str) -> Option<Response<Bytes>> {
    (path == css_path()).then(|| answer::file("text/css; charset=utf-8", CSS))
}

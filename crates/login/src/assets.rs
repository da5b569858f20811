//! Files of the pages: the style sheet as it comes, and the sheets and images of clients' looks, under names that change with their content.
use crate::answer;
use crate::routes::Call;
use bytes::Bytes;
use http::{Method, Response};
use std::sync::LazyLock;
use user_pools::branding;

/// Colours of the light scheme, and all other custom properties.
pub(crate) const LIGHT: &str = include_str!("../assets/light.css");
/// What of them is different in the dark.
pub(crate) const DARK: &str = include_str!("../assets/dark.css");
/// The rules, over these properties.
pub(crate) const RULES: &str = include_str!("../assets/login.css");

static CSS: LazyLock<(String, String)> = LazyLock::new(|| {
    let css = format!(
        ":root{{color-scheme:light dark;{LIGHT}}}\n@media(prefers-color-scheme:dark){{:root{{{DARK}}}}}\n{RULES}"
    );
    (format!("/assets/login-{}.css", branding::content_hash(css.as_bytes())), css)
});

/// Where the style sheet is.
pub(crate) fn css_path() -> &'static str {
    &CSS.0
}

/// The file behind the path.
pub(crate) async fn get(call: &Call<'_>) -> Option<Response<Bytes>> {
    let path = call.request.path.as_str();
    if !path.starts_with("/assets/") || !matches!(call.request.method, Method::GET | Method::HEAD) {
        return None;
    }
    if path == css_path() {
        return Some(answer::file("text/css; charset=utf-8", Bytes::from_static(CSS.1.as_bytes())));
    }
    let (content_type, content) = call.login.look_file(call.domain(), path).await?;
    Some(answer::file(content_type, content))
}

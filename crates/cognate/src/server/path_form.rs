//! An API reached by path (`/execute-api/…`) shares its origin with everything on the base: the mailbox, the signed operations, under
//! `--plain-login` the login pages. So what it answers is put into a sandbox (an origin of its own), and our cookies pass in neither direction.
use http::header::{CONTENT_SECURITY_POLICY, COOKIE, Entry, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// Whether a path is of that form.
pub fn is(path: &str) -> bool {
    path.starts_with("/execute-api/") || path.starts_with("/_aws/execute-api/")
}

/// Cookies of the login pages.
fn is_ours(cookie: &str) -> bool {
    let name = cookie.trim_start();
    name.starts_with("cognito-") || name.starts_with("__Host-cognito")
}

/// Before the backend: our cookies are taken out.
pub fn clean_request(headers: &mut HeaderMap) {
    let Entry::Occupied(found) = headers.entry(COOKIE) else { return };
    let values: Vec<HeaderValue> = found.remove_entry_mult().1.collect();
    for value in values {
        let Ok(text) = value.to_str() else { continue };
        let kept: Vec<&str> =
            text.split(';').map(str::trim).filter(|cookie| !cookie.is_empty() && !is_ours(cookie)).collect();
        if let Ok(value) = HeaderValue::from_str(&kept.join("; "))
            && !kept.is_empty()
        {
            headers.append(COOKIE, value);
        }
    }
}

/// Before the client: no cookie of ours is set, and a page runs in a sandbox. A policy of the backend's own stands beside ours; both hold.
pub fn clean_answer(headers: &mut HeaderMap) {
    if let Entry::Occupied(found) = headers.entry(SET_COOKIE) {
        let values: Vec<HeaderValue> = found.remove_entry_mult().1.collect();
        for value in values.into_iter().filter(|value| !value.to_str().is_ok_and(is_ours)) {
            headers.append(SET_COOKIE, value);
        }
    }
    headers.append(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_cookies_pass_in_neither_direction_and_others_do() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; cognito-csrf=x; __Host-cognito-us-east-1_X=y; b=2"));
        headers.append(COOKIE, HeaderValue::from_static("cognito-us-east-1_X=z"));
        clean_request(&mut headers);
        assert_eq!(headers.get_all(COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2"]);
        let mut answer = HeaderMap::new();
        answer.append(SET_COOKIE, HeaderValue::from_static("cognito-csrf=planted; Path=/"));
        answer.append(SET_COOKIE, HeaderValue::from_static("theme=dark"));
        clean_answer(&mut answer);
        assert_eq!(answer.get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["theme=dark"]);
        assert_eq!(answer[CONTENT_SECURITY_POLICY], "sandbox");
    }

    #[test]
    fn only_the_path_forms_are_meant() {
        assert!(is("/execute-api/abc/$default/x") && is("/_aws/execute-api/abc/dev"));
        assert!(!is("/metadata/list") && !is("/execute-apis/x"));
    }
}

//! Opaque page tokens: the key of the last row, sealed so that a client can neither read nor make one, bound to its list.
use super::Cx;
use super::errors::invalid;
use super::prelude::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use user_pools::ports::Page;

/// Rows of a page when the client does not say, and at most (spec A.7).
const USUAL: usize = 60;

/// The page a client asks for: 0 and unset are sixty rows. A token of another list, or no token of ours: InvalidParameter.
pub(crate) fn page(cx: &Cx, list: &str, of: &[&str], token: Option<&str>, limit: Option<i32>) -> Result<Page> {
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .map_or(USUAL, |limit| limit.min(USUAL));
    let after = token.map(|token| open(cx, list, of, token)).transpose()?;
    Ok(Page { after, limit })
}

fn place<'a>(list: &'a str, of: &[&'a str]) -> Vec<&'a str> {
    let mut place = vec!["page", list];
    place.extend_from_slice(of);
    place
}

fn open(cx: &Cx, list: &str, of: &[&str], token: &str) -> Result<String> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok();
    let plain = sealed.and_then(|sealed| cx.pools.keys.open(&place(list, of), &sealed).ok());
    plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()).ok_or_else(|| invalid("Invalid Pagination Token"))
}

/// The same page with one row more: whether there is a next page.
pub(crate) fn one_more(page: &Page) -> Page {
    Page { after: page.after.clone(), limit: page.limit + 1 }
}

/// Cuts the row too many off and gives the token of the next page, if there is one.
pub(crate) fn cut<T>(
    cx: &Cx,
    list: &str,
    of: &[&str],
    page: &Page,
    mut rows: Vec<T>,
    key: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    if rows.len() <= page.limit {
        return (rows, None);
    }
    rows.truncate(page.limit);
    let token = rows.last().map(|row| seal(cx, list, of, &key(row)));
    (rows, token)
}

/// The token of the page behind a key.
pub(crate) fn seal(cx: &Cx, list: &str, of: &[&str], key: &str) -> String {
    URL_SAFE_NO_PAD.encode(cx.pools.keys.seal(&*cx.pools.random, &place(list, of), key.as_bytes()))
}

//! Pages of a list: `maxResults` and `nextToken`, both texts in the query. A token is opaque and says where to go on;
//! one that we did not make is a bad request.

use aws::Input;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::errors::{Refusal, bad_request};

/// What AWS gives without `maxResults` is not documented; ours is generous, as most clients do not page.
const USUAL: usize = 100;
const MOST: usize = 500;

/// A page as the wire shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

/// What a request asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) limit: usize,
    after: Option<String>,
}

impl Asked {
    /// Reads the two members.
    pub(super) fn of(input: &Input) -> Result<Self, Refusal> {
        let limit = match input.text("maxResults") {
            None | Some("") => USUAL,
            Some(text) => match text.parse() {
                Ok(n @ 1..) => usize::min(n, MOST),
                _ => return Err(bad_request("Invalid value for maxResults: must be a positive number")),
            },
        };
        let after = input.text("nextToken").filter(|token| !token.is_empty()).map(open).transpose()?;
        Ok(Self { limit, after })
    }

    /// Where to go on, two parts as they were sealed: a number and an id.
    pub(super) fn after(&self) -> Result<Option<(i64, &str)>, Refusal> {
        let Some(token) = &self.after else { return Ok(None) };
        let (number, id) = token.split_once(' ').ok_or_else(bad_token)?;
        Ok(Some((number.parse().map_err(|_| bad_token())?, id)))
    }

    /// Cuts a page out of a list that stands whole in its API. Goes on behind the last one seen; if that one is gone,
    /// behind its place.
    pub(super) fn cut<'a, T>(
        &self,
        all: &'a [T],
        id: impl Fn(&T) -> &str,
    ) -> Result<(&'a [T], Option<String>), Refusal> {
        let start = match self.after()? {
            None => 0,
            Some((place, last)) => match all.iter().position(|item| id(item) == last) {
                Some(at) => at + 1,
                None => usize::try_from(place).map_err(|_| bad_token())?.min(all.len()),
            },
        };
        let rest = all.get(start..).unwrap_or_default();
        let (page, more) = rest.split_at(rest.len().min(self.limit));
        let next = page.last().filter(|_| !more.is_empty()).map(|last| seal(start + page.len() - 1, id(last)));
        Ok((page, next))
    }
}

/// A token for going on behind this one.
pub(super) fn seal(number: impl std::fmt::Display, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{number} {id}"))
}

fn open(token: &str) -> Result<String, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad_token())?;
    String::from_utf8(bytes).map_err(|_| bad_token())
}

fn bad_token() -> Refusal {
    bad_request("Invalid nextToken specified")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(limit: usize, after: Option<&str>) -> Asked {
        Asked { limit, after: after.map(|token| open(token).ok().unwrap()) }
    }

    fn ids(limit: usize, after: Option<&str>, all: &[&'static str]) -> (Vec<&'static str>, Option<String>) {
        let (page, next) = asked(limit, after).cut(all, |id| *id).ok().unwrap();
        (page.to_vec(), next)
    }

    #[test]
    fn pages_follow_each_other_and_the_last_has_no_token() {
        let all = ["a", "b", "c", "d", "e"];
        let (one, token) = ids(2, None, &all);
        let (two, token) = ids(2, token.as_deref(), &all);
        let (three, end) = ids(2, token.as_deref(), &all);
        assert_eq!((one, two, three, end), (vec!["a", "b"], vec!["c", "d"], vec!["e"], None));
        assert_eq!(ids(5, None, &all).1, None);
    }

    #[test]
    fn a_page_goes_on_in_place_when_its_last_item_was_deleted() {
        let (_, token) = ids(2, None, &["a", "b", "c", "d"]);
        assert_eq!(ids(2, token.as_deref(), &["a", "c", "d"]).0, ["c", "d"]);
        assert_eq!(ids(2, token.as_deref(), &[]).0, Vec::<&str>::new());
    }

    #[test]
    fn a_token_that_is_not_ours_is_refused() {
        assert!(open("%%%").is_err());
        assert!(asked(2, Some(&URL_SAFE_NO_PAD.encode("nospace"))).after().is_err());
        assert!(asked(2, Some(&URL_SAFE_NO_PAD.encode("x y"))).after().is_err());
        assert!(asked(2, Some(&seal(-5, "gone"))).cut(&["a"], |id| *id).is_err());
    }
}

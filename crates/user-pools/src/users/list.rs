//! ListUsers: filter, pages, and page tokens that nobody can make or keep (spec A.7, H.6).
use super::filter;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::pool::UserPool;
use crate::ports::Page;
use crate::service::UserPools;
use crate::user::User;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The most users on a page, and how many there are when nobody says.
const PAGE: usize = 60;
/// Life of a page token.
const TOKEN_LIFE: Millis = 60 * 60 * 1000;

/// The request; `AttributesToGet` is the door's business.
#[derive(Clone, Debug, Default)]
pub struct ListUsers {
    /// `Filter`.
    pub filter: String,
    /// `Limit`; 0 and absent are 60.
    pub limit: Option<usize>,
    /// `PaginationToken`.
    pub token: Option<String>,
}

/// A page of users.
#[derive(Debug)]
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// `PaginationToken` of the next page; absent on the last one.
    pub next: Option<String>,
}

impl UserPools {
    /// ListUsers. InvalidParameter for an unreadable filter or token.
    pub async fn list_users(&self, cx: &RequestContext, pool: &UserPool, request: &ListUsers) -> Result<UserPage> {
        let filter = filter::parse(&request.filter)?;
        let limit = request.limit.filter(|limit| *limit > 0).unwrap_or(PAGE).min(PAGE);
        let after = request.token.as_deref().map(|token| self.open_token(cx, pool, request, token)).transpose()?;
        // One more than wanted tells whether this is the last page.
        let mut rows = self.store.list_users(pool.id.clone(), filter, Page { after, limit: limit + 1 }).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(_, cursor)| self.seal_token(cx, pool, request, cursor));
        Ok(UserPage { users: rows.into_iter().map(|(user, _)| user).collect(), next })
    }

    fn seal_token(&self, cx: &RequestContext, pool: &UserPool, request: &ListUsers, cursor: &str) -> String {
        let plain = format!("{}:{cursor}", cx.now.saturating_add(TOKEN_LIFE));
        URL_SAFE_NO_PAD.encode(self.keys.seal(&*self.random, &place(pool, request), plain.as_bytes()))
    }

    /// A token is good for the pool and filter it was made for, within the hour.
    fn open_token(&self, cx: &RequestContext, pool: &UserPool, request: &ListUsers, token: &str) -> Result<String> {
        let read = || {
            let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
            let plain = self.keys.open(&place(pool, request), &sealed).ok()?;
            let (until, cursor) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
            (until.parse::<Millis>().ok()? > cx.now).then(|| cursor.to_owned())
        };
        read().ok_or(messages::INVALID_PAGINATION_TOKEN)
    }
}

fn place<'a>(pool: &'a UserPool, request: &'a ListUsers) -> [&'a str; 3] {
    ["list-users", &pool.id.0, request.filter.trim()]
}

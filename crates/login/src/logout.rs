//! GET /logout: ends the login session and its cookie, then goes to a registered logout URL, to the sign-in page, or to a page of ours.
//! A request that names an unregistered URL ends nothing and leads nowhere.
use crate::authorize::{self, Done};
use crate::pages::failure;
use crate::routes::Call;
use crate::{answer, ask, browser, encode};
use bytes::Bytes;
use http::Response;
use http::header::{HeaderName, HeaderValue};
use user_pools::oauth::{ErrorCode, Refusal, Site, Subject};

const ACTION: &str = "/logout";

pub(crate) async fn get(call: &Call<'_>) -> Response<Bytes> {
    let (site, to) = match target(call).await {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    if let Err(refusal) = end(call, &site).await {
        return failure::fault(call, &refusal);
    }
    let subject = Subject { pool: Some(&site.pool.id), client: Some(&site.client.id), user: None };
    call.login.pools.note(&call.cx, ACTION, subject, Ok(()));
    let answer = to.map_or_else(|| failure::signed_out(call, &site), |to| answer::redirect(&to));
    let answer = answer::with_cookie(answer, &browser::clear_login_cookie(call, &site.pool.id));
    clear_site_data(call, answer)
}

async fn end(call: &Call<'_>, site: &Site) -> Result<(), Refusal> {
    match browser::login_cookie(call, &site.pool.id) {
        Some(cookie) => Ok(call.login.pools.end_login(&call.cx, cookie).await?),
        None => Ok(()),
    }
}

/// Whose session ends, and where the browser goes.
async fn target(call: &Call<'_>) -> Result<(Site, Option<String>), Done> {
    let query = &call.query;
    let logout_uri = query.get("logout_uri").or(query.get("post_logout_redirect_uri"));
    if logout_uri.is_none() && query.get("redirect_uri").is_some() {
        // Another sign-in follows: the whole authorize request is checked, as it will be again there.
        let visit = authorize::visit(call).await?;
        let to = encode::with("/login", '?', &ask::carried(query));
        return Ok((visit.site, Some(to)));
    }
    let site = site(call).await?;
    if let Some(uri) = logout_uri {
        registered(call, &site, uri)?;
    }
    Ok((site, logout_uri.map(str::to_owned)))
}

async fn site(call: &Call<'_>) -> Result<Site, Done> {
    let found = match call.query.repeated() {
        Some(name) => Err(Refusal::new(ErrorCode::InvalidRequest, "request.parameters").got(name.to_owned())),
        None => call.login.pools.site(call.domain(), call.query.text("client_id")).await,
    };
    found.map_err(|refusal| {
        if answer::fault(&refusal).is_some() {
            return Box::new(failure::fault(call, &refusal));
        }
        call.login.pools.note(&call.cx, ACTION, Subject::default(), Err(&refusal));
        Box::new(failure::redirect(call, ErrorCode::InvalidRequest))
    })
}

/// Exactly one of the client's LogoutURLs.
fn registered(call: &Call<'_>, site: &Site, uri: &str) -> Result<(), Done> {
    if site.client.settings.logout_urls.iter().any(|url| url == uri) {
        return Ok(());
    }
    let refusal = Refusal::new(ErrorCode::RedirectMismatch, "logout_uri.registered")
        .expected("exactly one of the client's LogoutURLs")
        .got(uri.to_owned());
    let subject = Subject { pool: Some(&site.pool.id), client: Some(&site.client.id), user: None };
    call.login.pools.note(&call.cx, ACTION, subject, Err(&refusal));
    Err(Box::new(failure::redirect(call, ErrorCode::RedirectMismatch)))
}

/// On a login domain nothing but these pages lives. `cookies` is not asked for: browsers would clear those of the whole registrable domain,
/// and with them the apps' own.
fn clear_site_data(call: &Call<'_>, mut answer: Response<Bytes>) -> Response<Bytes> {
    if call.domain().is_some() {
        let name = HeaderName::from_static("clear-site-data");
        answer.headers_mut().insert(name, HeaderValue::from_static("\"storage\""));
    }
    answer
}

//! `/` of a login domain: to the sign-in page where one app alone signs people in here, else a word about what this host is. Amazon's hosts answer
//! nothing useful there, so no client asks for it; people do.
use super::failure;
use crate::page::Page;
use crate::routes::Call;
use crate::{answer, encode};
use bytes::Bytes;
use http::{Response, StatusCode};
use user_pools::client::ClientSettings;
use user_pools::oauth::Refusal;
use user_pools::pool::UserPool;
use user_pools::ports;

/// A pool with more clients than this has more than one app.
const LOOKED_AT: usize = 60;

/// GET /.
pub(crate) async fn get(call: &Call<'_>) -> Response<Bytes> {
    match found(call).await {
        Ok(Some((_, Some(location)))) => answer::redirect(&location),
        Ok(Some((pool, None))) => welcome(call, &pool),
        Ok(None) => failure::not_found(call),
        Err(refusal) => failure::fault(call, &refusal),
    }
}

/// The domain's pool, and the authorize request of its only app.
async fn found(call: &Call<'_>) -> Result<Option<(UserPool, Option<String>)>, Refusal> {
    let pools = &call.login.pools;
    let Some(domain) = call.domain() else { return Ok(None) };
    let Some(id) = pools.pool_at(domain).await? else { return Ok(None) };
    let pool = pools.store.pool(id).await?;
    let clients = pools.clients(pool.id.clone(), ports::Page { after: None, limit: LOOKED_AT }).await?;
    let mut asks =
        clients.iter().filter_map(|client| Some((client, front_door(&client.settings)?))).map(|(client, ask)| {
            let pairs = [("client_id", client.id.0.as_str()), ("response_type", ask.0), ("redirect_uri", ask.1)];
            encode::with("/oauth2/authorize", '?', &encode::query(pairs))
        });
    let alone = asks.next().filter(|_| asks.next().is_none() && clients.len() < LOOKED_AT);
    Ok(Some((pool, alone)))
}

/// How an app signs people in on these pages, if it does: response type and redirect URI.
fn front_door(settings: &ClientSettings) -> Option<(&'static str, &str)> {
    let allows = |flow: &str| settings.oauth_enabled && settings.oauth_flows.iter().any(|known| known == flow);
    let kind = if allows("code") { "code" } else { allows("implicit").then_some("token")? };
    let back = settings.default_redirect_uri.as_ref().or(settings.callback_urls.first())?;
    Some((kind, back))
}

fn welcome(call: &Call<'_>, pool: &UserPool) -> Response<Bytes> {
    let programs = call.lang.host_programs("/.well-known/openid-configuration");
    let page = Page {
        app: Some(pool.settings.name.clone()),
        lead: vec![call.lang.host_lead().to_owned(), programs],
        ..Page::new(call.lang.host_heading())
    };
    answer::page(call, StatusCode::OK, page, None)
}

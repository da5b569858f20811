//! GET /oauth2/authorize: checks the request, then sends the browser to the app (signed in) or to the sign-in page.
mod checks;

use crate::ask::{self, Ask, Prompt};
use crate::routes::Call;
use crate::{answer, browser, encode, federation, finish, pages};
use bytes::Bytes;
pub(crate) use checks::Wanted;
use checks::{Answer, Facts};
use http::Response;
use user_pools::federation::Offered;
use user_pools::oauth::{ErrorCode, LoginOf, Refusal, Site, Subject};

/// An answer that ends a request early.
pub(crate) type Done = Box<Response<Bytes>>;

/// A checked request and the site it belongs to: what every page works with.
pub(crate) struct Visit {
    pub site: Site,
    pub ask: Ask,
    /// Where the request wants to sign in.
    pub wanted: Wanted,
    /// The identity providers of the client.
    pub offered: Vec<Offered>,
}

impl Visit {
    /// A path of ours with this request in its query.
    pub fn path(&self, path: &str) -> String {
        format!("{path}?{}", self.ask.carried)
    }

    /// Whether the pool's own users may sign in here.
    pub fn takes_own_users(&self) -> bool {
        self.site.client.settings.takes_own_users()
    }

    pub fn subject(&self) -> Subject<'_> {
        Subject { pool: Some(&self.site.pool.id), client: Some(&self.site.client.id), user: None }
    }
}

const ACTION: &str = "/oauth2/authorize";

pub(crate) async fn get(call: &Call<'_>) -> Response<Bytes> {
    let visit = match visit(call).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    match live_login(call, &visit).await {
        Ok(Some(login)) => finish::to_app(call, &visit, &login).await,
        Ok(None) if visit.ask.prompt == Prompt::Never => {
            let refusal = Refusal::new(ErrorCode::LoginRequired, "prompt.none").got("no login session that will do");
            call.login.pools.note(&call.cx, ACTION, visit.subject(), Err(&refusal));
            finish::refuse(&visit.ask.redirect_uri, visit.ask.response.mark(), visit.ask.state.as_deref(), &refusal)
        }
        Ok(None) => begin(call, &visit).await,
        Err(refusal) => pages::failure::fault(call, &refusal),
    }
}

/// To the provider that the request names or that is the only way in, else to the sign-in page.
async fn begin(call: &Call<'_>, visit: &Visit) -> Response<Bytes> {
    let alone = match visit.offered.as_slice() {
        [only] if matches!(visit.wanted, Wanted::Anywhere) && !visit.takes_own_users() => Some(only.name.as_str()),
        _ => None,
    };
    match (&visit.wanted, alone) {
        (Wanted::At(provider), _) => federation::depart(call, visit, provider).await,
        (_, Some(name)) => answer::redirect(&federation::start_path(visit, name)),
        _ => answer::redirect(&visit.path("/login")),
    }
}

/// The browser's login session, if it will do for this request.
pub(crate) async fn live_login(call: &Call<'_>, visit: &Visit) -> Result<Option<LoginOf>, Refusal> {
    if visit.ask.prompt == Prompt::Always {
        return Ok(None);
    }
    let Some(cookie) = browser::login_cookie(call, &visit.site.pool.id) else { return Ok(None) };
    let login = call.login.pools.login_for(&call.cx, &visit.site, cookie).await?;
    let login = login.filter(|login| match &visit.wanted {
        // Who asks for a provider means an account there, not whoever is signed in.
        Wanted::At(provider) => login.user.identities.iter().any(|identity| identity.provider == provider.name),
        _ => true,
    });
    let oldest = visit.ask.max_age.map(|age| call.cx.now.saturating_sub(age));
    Ok(login.filter(|login| oldest.is_none_or(|oldest| login.session.auth_time >= oldest)))
}

/// Runs the checks over the query. The error is the answer to give: a page of ours as long as the redirect URI is not trusted, the app after.
pub(crate) async fn visit(call: &Call<'_>) -> Result<Visit, Done> {
    let facts = Facts::gather(call).await.map_err(|refusal| Box::new(pages::failure::fault(call, &refusal)))?;
    let Err((kind, refusal)) = checks::run(&facts) else { return into_visit(call, facts) };
    let site = facts.site.as_ref().ok();
    let subject =
        Subject { pool: site.map(|site| &site.pool.id), client: site.map(|site| &site.client.id), user: None };
    call.login.pools.note(&call.cx, ACTION, subject, Err(&refusal));
    Err(Box::new(match kind {
        Answer::Page => pages::failure::redirect(call, refusal.code),
        Answer::App => {
            let mark = if call.query.get("response_type") == Some("token") { '#' } else { '?' };
            finish::refuse(facts.redirect_uri().unwrap_or_default(), mark, call.query.get("state"), &refusal)
        }
    }))
}

fn into_visit(call: &Call<'_>, facts: Facts<'_>) -> Result<Visit, Done> {
    let ask = facts.ask();
    let refusal = match (facts.site, ask) {
        (Ok(site), Some(ask)) => return Ok(Visit { site, ask, wanted: facts.wanted, offered: facts.offered }),
        (Err(refusal), _) => refusal,
        (_, None) => Refusal::new(ErrorCode::ServerError, "server").got("the checks passed what cannot be asked"),
    };
    Err(Box::new(pages::failure::fault(call, &refusal)))
}

/// `/login` and the query it goes with, for pages that have no checked request at hand.
pub(crate) fn sign_in_again(call: &Call<'_>) -> Response<Bytes> {
    answer::redirect(&encode::with("/login", '?', &ask::carried(&call.query)))
}

//! The pages. Each file is one page: what it shows and what its form does. Entering checks the authorize request again, whatever the page
//! before it carried, and refuses posts that did not come from a page of ours.
pub(crate) mod code_sign_in;
pub(crate) mod confirm;
pub(crate) mod confirm_forgot;
pub(crate) mod failure;
pub(crate) mod forgot;
pub(crate) mod front;
pub(crate) mod mfa_choice;
pub(crate) mod mfa_code;
pub(crate) mod mfa_set_up;
pub(crate) mod new_password;
mod problem;
pub(crate) mod resend;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
mod step;

use crate::answer;
use crate::authorize::{self, Done, Visit};
use crate::browser::{self, Browser};
use crate::language::Lang;
use crate::page::{Field, Form, Link, Page};
use crate::routes::Call;
use crate::style::Look;
use bytes::Bytes;
use http::{Response, StatusCode};
use std::sync::Arc;
use user_pools::oauth::Site;

/// A page being visited: the checked request and the browser.
pub(crate) struct Scene<'a> {
    pub call: &'a Call<'a>,
    pub visit: Visit,
    pub browser: Browser,
    /// How the client's pages look.
    look: Option<Arc<Look>>,
}

impl<'a> Scene<'a> {
    /// Checks the request and, for posts, where the form came from. The error is the answer.
    pub async fn enter(call: &'a Call<'a>) -> Result<Self, Done> {
        let visit = authorize::visit(call).await?;
        // All but the choice of a provider is for the pool's own users.
        if !visit.takes_own_users() && (call.is_post() || call.request.path != "/login") {
            return Err(Box::new(answer::redirect(&visit.path("/login"))));
        }
        let browser = if call.is_post() {
            browser::check_post(call).map_err(|refusal| Box::new(failure::stale_form(call, &visit, &refusal)))?
        } else {
            Browser::of(call)
        };
        let look = look(call, &visit.site).await;
        Ok(Self { call, visit, browser, look })
    }

    pub fn site(&self) -> &Site {
        &self.visit.site
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.call.lang
    }

    /// A field of the form that came in.
    pub fn given(&self, name: &str) -> &str {
        self.call.form.text(name)
    }

    /// A form that leads to a path of ours, with this request in its query.
    pub fn form(&self, path: &str, submit: &'static str, fields: Vec<Field>) -> Form {
        Form { action: self.visit.path(path), fields, submit, ..Form::default() }
    }

    /// A link to a path of ours.
    pub fn link(&self, lead: &'static str, text: &'static str, path: &str) -> Link {
        Link { lead, text: text.into(), href: self.visit.path(path) }
    }

    /// Sends a page: its forms get the hidden token, its first empty field the focus unless something is wrong.
    pub fn show(&self, status: StatusCode, mut page: Page) -> Response<Bytes> {
        page.app = Some(app_name(self.site()).to_owned());
        page.look.clone_from(&self.look);
        let token = self.browser.token(&self.call.login.pools);
        for form in &mut page.forms {
            form.hidden.push((browser::FIELD, token.clone()));
        }
        mark_problems(&mut page);
        let answer = answer::page(self.call, status, page, Some(&self.site().client));
        match self.browser.set_cookie(self.call) {
            Some(cookie) => answer::with_cookie(answer, &cookie),
            None => answer,
        }
    }
}

/// How the client's pages look.
async fn look(call: &Call<'_>, site: &Site) -> Option<Arc<Look>> {
    call.login.look(site, call.domain()).await.unwrap_or_else(|error| {
        // A page without its look is better than none.
        tracing::warn!(request_id = %call.cx.request_id, "the look of a login page could not be read: {error}");
        None
    })
}

/// The name people know: the client's, else the pool's.
pub(crate) fn app_name(site: &Site) -> &str {
    let name = &site.client.settings.name;
    if name.is_empty() { &site.pool.settings.name } else { name }
}

/// Puts each problem to its field; without problems the first empty field gets the focus.
fn mark_problems(page: &mut Page) {
    for problem in &mut page.problems {
        let fields = page.forms.iter_mut().flat_map(|form| &mut form.fields);
        match fields.into_iter().find(|field| Some(&field.name) == problem.field.as_ref()) {
            Some(field) if !problem.whole => field.problem = Some(problem.text.clone()),
            Some(_) => {}
            // A link to nowhere helps nobody.
            None => problem.field = None,
        }
    }
    if page.problems.is_empty() {
        let mut fields = page.forms.iter_mut().flat_map(|form| &mut form.fields);
        if let Some(field) = fields.find(|field| field.value.is_empty()) {
            field.focus = true;
        }
    }
}

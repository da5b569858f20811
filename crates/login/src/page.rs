//! What a page is made of. All pages share one template: heading, notices, forms, links. askama escapes every text.
use crate::ask::CARRIED;
use crate::language::{self, Lang};
use crate::routes::Call;
use crate::style::{Look, Picture};
use crate::{assets, encode};
use askama::Template;
use std::sync::Arc;

/// A page.
#[derive(Template, Default)]
#[template(path = "page.html")]
pub(crate) struct Page {
    /// Its language.
    pub lang: Lang,
    /// The same page in each language; none where it cannot be asked for.
    pub languages: Vec<Choice>,
    /// The client's look, where it has one.
    pub look: Option<Arc<Look>>,
    /// The app's name, above the heading.
    pub app: Option<String>,
    /// Heading and title.
    pub heading: String,
    /// Paragraphs below the heading.
    pub lead: Vec<String>,
    /// Something went well.
    pub notice: Option<String>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// The enrolment of an authenticator app.
    pub enrolment: Option<Shown>,
    /// Forms, the main one first.
    pub forms: Vec<Form>,
    /// Links below.
    pub links: Vec<Link>,
    /// The request's id, on error pages.
    pub request_id: Option<String>,
}

impl Page {
    /// A page with a heading.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// Puts the language and the menu of languages on. A page that answers a form is asked for anew where its form stands; without a menu where
    /// that would lead out of what one is doing.
    pub fn in_language_of(mut self, call: &Call<'_>) -> Self {
        self.lang = call.lang;
        let form = self.forms.first().map_or("", |form| form.action.split('?').next().unwrap_or_default());
        let path = if call.is_post() { form } else { call.request.path.as_str() };
        if call.is_post() && !FROM_THE_START.contains(&path) {
            return self;
        }
        let kept = [call.query.only(&CARRIED), call.query.only(&BESIDE)].concat();
        let href = |lang: Lang| {
            let pairs = kept.iter().copied().chain([("lang", lang.tag())]);
            encode::with(path, '?', &encode::query(pairs))
        };
        self.languages = language::ALL.into_iter().map(|lang| Choice { lang, href: href(lang) }).collect();
        self
    }

    /// The style sheet.
    fn css(&self) -> &str {
        self.look.as_ref().map_or(assets::css_path(), |look| &look.css)
    }

    fn logo(&self) -> Option<&Picture> {
        self.look.as_ref()?.logo.as_ref()
    }

    fn shows_languages(&self) -> bool {
        !self.languages.is_empty() && self.look.as_ref().is_none_or(|look| look.languages)
    }

    fn schemes(&self) -> &'static str {
        self.look.as_ref().map_or("light dark", |look| look.schemes)
    }

    /// The first letter of the app's name, for its mark.
    fn initial(&self) -> String {
        let name = self.app.as_deref().unwrap_or_default();
        name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "\u{2022}".to_owned(), |c| c.to_uppercase().collect())
    }
}

/// The forms that a GET shows as well as the answer to a form does. The others hold a session or a ticket, which no URL may carry.
const FROM_THE_START: [&str; 5] = ["/login", "/login/code", "/signup", "/forgotPassword", "/confirmForgotPassword"];

/// What the menu of languages carries along beside the authorize request.
const BESIDE: [&str; 3] = ["error", "request_id", "notice"];

/// A language in the menu.
pub(crate) struct Choice {
    pub lang: Lang,
    /// The page in it.
    pub href: String,
}

/// An entry of the error summary.
#[derive(Clone)]
pub(crate) struct Problem {
    /// The sentence.
    pub text: String,
    /// The field it is about, or where to begin mending it.
    pub field: Option<String>,
    /// About the form as a whole: it stands in the summary only.
    pub whole: bool,
}

impl Problem {
    /// A sentence about the whole page.
    pub fn general(text: impl Into<String>) -> Self {
        Self { text: text.into(), field: None, whole: true }
    }

    /// A sentence about a field.
    pub fn of(field: &str, text: impl Into<String>) -> Self {
        Self { text: text.into(), field: Some(field.to_owned()), whole: false }
    }
}

/// What an authenticator app scans or is told.
pub(crate) struct Shown {
    /// Our own SVG: the only markup that is not escaped.
    pub svg: String,
    /// The key in groups of four.
    pub key: String,
}

/// A form.
#[derive(Default)]
pub(crate) struct Form {
    /// Where it goes: a path of ours.
    pub action: String,
    /// Hidden fields.
    pub hidden: Vec<(&'static str, String)>,
    /// Fields.
    pub fields: Vec<Field>,
    /// The text of the button.
    pub submit: &'static str,
    /// A secondary form: its button looks like a link.
    pub quiet: bool,
}

/// An input.
#[derive(Clone, Default)]
pub(crate) struct Field {
    /// `name` and `id`.
    pub name: String,
    /// Its label.
    pub label: String,
    /// `type`.
    pub kind: &'static str,
    /// `autocomplete`.
    pub autocomplete: &'static str,
    /// `inputmode`.
    pub inputmode: Option<&'static str>,
    /// What it is filled with. Never a secret.
    pub value: String,
    /// Must be filled in.
    pub required: bool,
    /// Gets the focus.
    pub focus: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What goes in.
    pub hint: Option<String>,
    /// Shown, not to be changed: password managers learn whose password it is.
    pub readonly: bool,
}

impl Field {
    /// Addresses, numbers and codes run from left to right in every language.
    fn ltr(&self) -> bool {
        self.inputmode.is_some() || matches!(self.kind, "email" | "tel")
    }

    /// Whether anything describes it.
    fn described(&self) -> Option<String> {
        let problem = self.problem.as_ref().map(|_| format!("{}-problem", self.name));
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let ids: Vec<_> = problem.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// A link.
pub(crate) struct Link {
    /// Words before it.
    pub lead: &'static str,
    /// Its text.
    pub text: std::borrow::Cow<'static, str>,
    /// A path of ours, or a document of the app's.
    pub href: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped() {
        const EVIL: &str = "\"><script>alert(1)</script>'&";
        let evil = || EVIL.to_owned();
        let page = Page {
            app: Some(evil()),
            lead: vec![evil()],
            notice: Some(evil()),
            problems: vec![Problem::of(EVIL, EVIL)],
            enrolment: Some(Shown { svg: String::new(), key: evil() }),
            forms: vec![Form {
                action: evil(),
                hidden: vec![("session", evil())],
                fields: vec![Field {
                    name: evil(),
                    label: evil(),
                    value: evil(),
                    problem: Some(evil()),
                    hint: Some(evil()),
                    ..Field::default()
                }],
                ..Form::default()
            }],
            links: vec![Link { lead: "", text: "x".into(), href: evil() }],
            request_id: Some(evil()),
            ..Page::new(EVIL)
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<script") && !html.contains(EVIL), "{html}");
        assert!(html.matches("&#34;&#62;&#60;script").count() > 19, "they are there, as text: {html}");
    }
}

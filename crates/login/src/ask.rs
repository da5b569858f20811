//! The authorize request. It travels from page to page in the query and is checked anew at every step: [`Ask`] is what only the checks make.
use crate::encode;
use crate::params::Params;
use user_pools::Millis;

/// The parameters that travel on, in this order, and `lang` behind them. Everything else is dropped.
pub(crate) const CARRIED: [&str; 11] = [
    "client_id",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
];

/// What the app gets in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// `response_type=code`.
    Code,
    /// `response_type=token`.
    Token,
}

impl Response {
    /// Where answers stand: codes in the query, tokens in the fragment.
    pub const fn mark(self) -> char {
        match self {
            Self::Code => '?',
            Self::Token => '#',
        }
    }
}

/// `prompt`, as far as it changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// Ask only when there is no session.
    WhenNeeded,
    /// `none`: never ask.
    Never,
    /// `login` or `select_account`: always ask.
    Always,
}

impl Prompt {
    pub fn read(text: Option<&str>) -> Self {
        let has = |word: &str| text.unwrap_or_default().split(' ').any(|given| given == word);
        match (has("none"), has("login") || has("select_account")) {
            (true, _) => Self::Never,
            (false, true) => Self::Always,
            (false, false) => Self::WhenNeeded,
        }
    }
}

/// A checked authorize request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub redirect_uri: String,
    pub response: Response,
    pub scopes: Vec<String>,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub prompt: Prompt,
    /// The oldest authentication that will do.
    pub max_age: Option<Millis>,
    pub login_hint: Option<String>,
    /// The query that the next page carries.
    pub carried: String,
}

/// The query for the next page.
pub(crate) fn carried(query: &Params) -> String {
    encode::query(query.only(&CARRIED).into_iter().chain(query.only(&["lang"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_parameters_travel_on_and_encoded() {
        let query = Params::parse(b"evil=1&client_id=c&state=a%26b%3D%22%3Cx%3E&lang=de");
        assert_eq!(carried(&query), "client_id=c&state=a%26b%3D%22%3Cx%3E&lang=de");
    }

    #[test]
    fn prompt_is_a_list_of_words() {
        assert_eq!(Prompt::read(None), Prompt::WhenNeeded);
        assert_eq!(Prompt::read(Some("none")), Prompt::Never);
        assert_eq!(Prompt::read(Some("consent login")), Prompt::Always);
        assert_eq!(Prompt::read(Some("consent")), Prompt::WhenNeeded);
    }
}

//! Terms documents: links to an app's terms of use and privacy policy, for the sign-up page (spec F). They are URLs that a person follows, so they
//! must be such as a browser opens and nothing else.
use crate::client::AppClient;
use crate::error::{Error, Result};
use crate::ids::{ClientId, Millis, PoolId};
use crate::messages;
use crate::ports::{Page, StoreError};
use crate::service::UserPools;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The link for everybody without one in their language.
const DEFAULT: &str = "cognito:default";

/// One document of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The pool.
    pub pool: PoolId,
    /// `TermsId`, the key within the pool.
    pub id: String,
    /// The client; it has one of each name.
    pub client: ClientId,
    /// `TermsName`: `terms-of-use` or `privacy-policy`.
    pub name: String,
    /// Raised by one at every replacement.
    pub version: u64,
    /// `Links`: URLs by AWS's names of languages.
    pub links: BTreeMap<String, String>,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
}

/// What UpdateTerms changes; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct TermsChange {
    /// `TermsName`.
    pub name: Option<String>,
    /// `Links`, as a whole.
    pub links: Option<BTreeMap<String, String>>,
}

/// Where the sign-up page's links lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsLinks {
    /// The terms of use.
    pub terms_of_use: String,
    /// The privacy policy.
    pub privacy_policy: String,
}

impl Terms {
    /// The link in a language (`cognito:german`), else the default.
    fn link(&self, language: &str) -> Option<&String> {
        self.links.get(language).or_else(|| self.links.get(DEFAULT))
    }
}

fn check_links(links: &BTreeMap<String, String>) -> Result<()> {
    if links.is_empty() {
        return Err(messages::TERMS_WITHOUT_LINKS);
    }
    let opens = |link: &String| {
        url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
    };
    match links.iter().find(|(_, link)| !opens(link)) {
        Some((language, _)) => Err(messages::terms_link_invalid(language)),
        None => Ok(()),
    }
}

fn refused(error: StoreError) -> Error {
    match error {
        StoreError::NotFound => messages::TERMS_NOT_FOUND,
        StoreError::Exists(_) => messages::TERMS_EXIST,
        other => other.into(),
    }
}

impl UserPools {
    /// CreateTerms. TermsExists.
    pub async fn create_terms(
        &self,
        now: Millis,
        client: &AppClient,
        name: String,
        links: BTreeMap<String, String>,
    ) -> Result<Terms> {
        check_links(&links)?;
        let (pool, client, id) = (client.pool.clone(), client.id.clone(), self.fresh_uuid());
        let terms = Terms { pool, id, client, name, version: 1, links, created: now, modified: now };
        self.store.insert_terms(now, terms.clone()).await.map_err(refused)?;
        Ok(terms)
    }

    /// DescribeTerms. ResourceNotFound.
    pub async fn terms(&self, pool: PoolId, id: String) -> Result<Terms> {
        self.store.terms(pool, id).await.map_err(refused)
    }

    /// DescribeTermsByClient. ResourceNotFound.
    pub async fn terms_named(&self, client: &AppClient, name: &str) -> Result<Terms> {
        let all = self.store.terms_of_client(client.pool.clone(), client.id.clone()).await?;
        all.into_iter().find(|terms| terms.name == name).ok_or(messages::TERMS_NOT_FOUND)
    }

    /// UpdateTerms. ResourceNotFound, TermsExists.
    pub async fn update_terms(&self, now: Millis, pool: PoolId, id: String, change: TermsChange) -> Result<Terms> {
        change.links.as_ref().map_or(Ok(()), check_links)?;
        loop {
            let mut terms = self.terms(pool.clone(), id.clone()).await?;
            terms.name = change.name.clone().unwrap_or(terms.name);
            terms.links = change.links.clone().unwrap_or(terms.links);
            terms.modified = now;
            match self.store.replace_terms(now, terms.clone()).await {
                Ok(version) => return Ok(Terms { version, ..terms }),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(refused(error)),
            }
        }
    }

    /// DeleteTerms. ResourceNotFound.
    pub async fn delete_terms(&self, now: Millis, pool: PoolId, id: String) -> Result<()> {
        self.store.delete_terms(now, pool, id).await.map_err(refused)
    }

    /// ListTerms; `after` is an id.
    pub async fn list_terms(&self, pool: PoolId, page: Page) -> Result<Vec<Terms>> {
        Ok(self.store.list_terms(pool, page).await?)
    }

    /// The links of the client's sign-up page in a language (`cognito:german`); only when both documents have one.
    pub async fn terms_links(&self, client: &AppClient, language: &str) -> Result<Option<TermsLinks>> {
        let all = self.store.terms_of_client(client.pool.clone(), client.id.clone()).await?;
        let link = |name: &str| all.iter().find(|terms| terms.name == name)?.link(language).cloned();
        let both = link("terms-of-use").zip(link("privacy-policy"));
        Ok(both.map(|(terms_of_use, privacy_policy)| TermsLinks { terms_of_use, privacy_policy }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(language, link)| ((*language).to_owned(), (*link).to_owned())).collect()
    }

    #[test]
    fn a_link_is_such_as_a_browser_opens() {
        assert!(
            check_links(&links(&[(DEFAULT, "https://example.com/terms"), ("cognito:german", "http://a.example")]))
                .is_ok()
        );
        for wrong in ["javascript:alert(1)", "data:text/html,x", "/terms", "example.com", "https://", "ftp://a.example"]
        {
            assert!(check_links(&links(&[(DEFAULT, wrong)])).is_err(), "{wrong}");
        }
        assert!(check_links(&links(&[])).is_err());
    }

    #[test]
    fn a_language_without_a_link_gets_the_default() {
        let terms = Terms {
            pool: PoolId("p".into()),
            id: "i".into(),
            client: ClientId("c".into()),
            name: "terms-of-use".into(),
            version: 1,
            links: links(&[(DEFAULT, "https://a.example"), ("cognito:german", "https://a.example/de")]),
            created: 0,
            modified: 0,
        };
        assert_eq!(terms.link("cognito:german").unwrap(), "https://a.example/de");
        assert_eq!(terms.link("cognito:french").unwrap(), "https://a.example");
    }
}

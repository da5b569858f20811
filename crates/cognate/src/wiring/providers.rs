//! The way out to identity providers.
use async_trait::async_trait;
use http_apis::outbound::{Ask, Outbound};
use std::time::Duration;
use user_pools::ports::{ProviderAnswer, ProviderRequest, Providers};
use zeroize::Zeroizing;

/// A person is waiting.
const WITHIN: Duration = Duration::from_secs(5);
/// Key sets are the largest of what providers send.
const LARGEST: usize = 256 * 1024;

/// Providers over HTTPS.
#[derive(Default)]
pub struct HttpProviders(Outbound);

#[async_trait]
impl Providers for HttpProviders {
    async fn ask(&self, request: ProviderRequest) -> Result<ProviderAnswer, String> {
        let form = request.form.map(|pairs| {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));
            Zeroizing::new(form.finish())
        });
        let ask = Ask {
            url: &request.url,
            form: form.as_ref().map(|form| form.as_str()),
            bearer: request.bearer.as_ref().map(|token| token.as_str()),
            within: WITHIN,
            largest: LARGEST,
        };
        let (status, body) = self.0.ask(ask).await?;
        Ok(ProviderAnswer { status: status.as_u16(), body: body.to_vec() })
    }
}

//! The certificate that identity providers know a pool by (spec I): self-signed with the pool's key for ID tokens, ten years long. It follows from
//! the key alone, so it is the same at every call and changes when the keys are rotated. SAML itself is refused: nothing is signed for it.
use crate::error::Result;
use crate::ids::Millis;
use crate::keys::{open_key, unusable};
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::token::{KeyPurpose, KeyState, SigningKeyRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256};

const YEARS: i32 = 10;

impl UserPools {
    /// GetSigningCertificate: the body of the PEM form, without its first and last line.
    pub async fn signing_certificate(&self, pool: &UserPool) -> Result<String> {
        let rows = self.store.signing_keys(pool.id.clone()).await?;
        let active = |row: &&SigningKeyRow| row.purpose == KeyPurpose::Id && row.state == KeyState::Active;
        let row = rows.iter().find(active).ok_or_else(|| unusable("the pool has no active key"))?;
        let der = open_key(&self.keys, row)?;
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&der.as_slice().into(), &PKCS_RSA_SHA256).map_err(unusable)?;
        let certificate = params(pool, row.created)?.self_signed(&key).map_err(unusable)?;
        Ok(STANDARD.encode(certificate.der()))
    }
}

fn params(pool: &UserPool, from: Millis) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, pool.id.0.as_str());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let day = Timestamp::from_millisecond(from).map_err(unusable)?.to_zoned(TimeZone::UTC).date();
    let (month, day_of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
    params.not_before = rcgen::date_time_ymd(i32::from(day.year()), month, day_of_month);
    // The 29th of February comes round every fourth year only.
    params.not_after = rcgen::date_time_ymd(i32::from(day.year()) + YEARS, month, day_of_month.min(28));
    Ok(params)
}

//! Managed login pages and the OAuth2/OIDC endpoints.

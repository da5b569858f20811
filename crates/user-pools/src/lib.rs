//! Cognito user pools: pools, users, sign-in, tokens. Decides; knows no HTTP, no SQL, no clock.

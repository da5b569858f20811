//! Sign-in at identity providers (spec I): what operators set up, the way there and back, and the users that come of it. Trusts nothing that a
//! browser brings back but what the provider itself has confirmed; an identity is provider and subject, never an e-mail address. Speaks to
//! providers through [`crate::ports::Providers`] only.
mod admin;
mod apple;
mod arrive;
mod choice;
mod depart;
mod details;
mod documents;
mod endpoints;
mod exchange;
mod id_token;
mod identities;
mod link;
mod mapping;
mod profile;
mod state;
mod user;

pub use admin::NewProvider;
pub use arrive::Arrival;
pub use choice::{OWN_USERS, Offered};
pub use depart::Departure;
pub use documents::Documents;
pub use link::Named;
pub use state::Returning;

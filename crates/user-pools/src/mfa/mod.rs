//! Second factors: enrolling an authenticator app, choosing which factors are used, and which one a sign-in asks for (spec C.12).
//! Sending codes and judging them is the sign-in's business; here is who has which factor.
mod choice;
mod enrol;
mod pool;
mod preference;
pub(crate) mod totp;

pub use choice::Factor;
pub(crate) use choice::{Choice, accepts, choose, is_second_factor};
pub(crate) use enrol::switch_on;
pub use enrol::{Enroller, Enrolment};
pub use pool::PoolFactors;
pub(crate) use pool::check_recovery;
pub use preference::{Preference, Wish};

//! Second factors: enrolling an authenticator app, choosing which factors are used, and which one a sign-in asks for (spec C.12).
//! TOTP is the only factor of this release; SMS and e-mail codes are known to the table and refused with a typed answer.
mod choice;
mod enrol;
mod pool;
mod preference;
pub(crate) mod totp;

pub use choice::Factor;
pub(crate) use choice::{Choice, choose};
pub use enrol::{Enroller, Enrolment};
pub use pool::PoolFactors;
pub use preference::{Preference, Wish};

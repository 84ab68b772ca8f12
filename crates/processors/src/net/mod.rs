//! Outgoing HTTPS to addresses that come from users, without letting them reach the inside of the network.

mod address;
mod error;
mod guard;
mod origin;
mod resolver;
mod trust;

pub use address::is_globally_routable;
pub use error::NetError;
pub(crate) use guard::CONNECTION_IDLE_TIMEOUT;
pub use guard::{NetGuard, NetGuardOptions, Target};
pub use origin::Origin;
pub(crate) use trust::Trust;

//! Users who do not exist, where nobody may be told so (spec C.16): their ids, and where their codes would go. All of it follows from pool, name
//! and a key that is not in the database, the oldest of the ring, so that a change of keys makes up nobody anew. A made-up id carries, unreadably, where the code for its name would go: asking for a code by name and
//! by the id that SRP showed for that name must give one answer, as for a real user.
use crate::ids::PoolId;
use crate::names;
use crate::pool::{AliasKind, Contact, PoolSettings};
use crate::random;
use crate::sealing::KeyRing;
use crate::templates::{Delivery, masked};

/// The internal username a made-up user shows. In pools whose usernames are ids, and for an alias, it is a made-up id; a plain name echoes.
pub(crate) fn username(ring: &KeyRing, settings: &PoolSettings, pool: &PoolId, name: &str) -> String {
    if is_internal_already(settings, name) { name.to_owned() } else { sub(ring, settings, pool, name) }
}

/// The sub a made-up user has.
pub(crate) fn sub(ring: &KeyRing, settings: &PoolSettings, pool: &PoolId, name: &str) -> String {
    let folded = names::fold(settings, name);
    let drawn = ring.steady(&[b"absent sub", pool.0.as_bytes(), folded.as_bytes()]);
    let mut nonce = [0; 6];
    nonce.copy_from_slice(&drawn[..6]);
    let marks = Marks { ring, pool, nonce };
    let mut sealed = Place::of(&folded).bytes();
    xor(&mut sealed, &marks.pad());
    let check = marks.check(sealed);
    let mut id = [0; 16];
    id[..6].copy_from_slice(&nonce);
    // The version and the variant of a UUID stand in bytes 6 and 8.
    (id[6], id[8]) = (drawn[6], drawn[7]);
    id[7] = sealed[0];
    id[9..14].copy_from_slice(&sealed[1..]);
    id[14..].copy_from_slice(&check[..2]);
    random::uuid_of(id)
}

/// Where the code for a name that nobody has would have gone: the address that was typed, the one for which the id was made up, else an
/// invented one that is stable per name.
pub(crate) fn delivery(ring: &KeyRing, settings: &PoolSettings, pool: &PoolId, name: &str, usual: Contact) -> Delivery {
    let folded = names::fold(settings, name);
    let place = match Place::of(&folded) {
        Place::Unknown => place_in(ring, pool, &folded),
        place => place,
    };
    place.delivery().unwrap_or_else(|| invented(ring, pool, &folded, usual))
}

fn invented(ring: &KeyRing, pool: &PoolId, folded: &str, contact: Contact) -> Delivery {
    let hash = ring.steady(&[b"simulated delivery", pool.0.as_bytes(), folded.as_bytes()]);
    let letter = |byte: u8| char::from(b'a' + byte % 26);
    let place = match contact {
        Contact::Email => Place::Email(letter(hash[0]), letter(hash[1])),
        Contact::Phone => Place::Phone { digits: 11, last: u16::from_be_bytes([hash[0], hash[1]]) % 10_000 },
    };
    place.delivery().unwrap_or(Delivery { destination: String::new(), contact })
}

/// As much of an address as a masked one shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Unknown,
    Email(char, char),
    Phone { digits: u8, last: u16 },
}

impl Place {
    fn of(folded: &str) -> Self {
        if names::is_email(folded) {
            let parts = folded
                .rsplit_once('@')
                .and_then(|(local, domain)| Some((local.chars().next()?, domain.chars().next()?)));
            return parts.map_or(Self::Unknown, |(local, domain)| Self::Email(local, domain));
        }
        if !names::is_phone(folded) {
            return Self::Unknown;
        }
        let digits = &folded[1..];
        let last = digits.get(digits.len().saturating_sub(4)..).and_then(|last| last.parse().ok());
        match (u8::try_from(digits.len()), last) {
            // Shorter ones would lose leading zeros; nobody has such a number.
            (Ok(digits @ 4..), Some(last)) => Self::Phone { digits, last },
            _ => Self::Unknown,
        }
    }

    /// Two bits of kind and 42 of content, in six bytes.
    fn bytes(self) -> [u8; 6] {
        let packed = match self {
            Self::Unknown => 0,
            Self::Email(local, domain) => 1 << 46 | u64::from(u32::from(local)) << 21 | u64::from(u32::from(domain)),
            Self::Phone { digits, last } => 2 << 46 | u64::from(digits) << 16 | u64::from(last),
        };
        let mut out = [0; 6];
        out.copy_from_slice(&packed.to_be_bytes()[2..]);
        out
    }

    fn read(bytes: [u8; 6]) -> Option<Self> {
        let mut wide = [0; 8];
        wide[2..].copy_from_slice(&bytes);
        let packed = u64::from_be_bytes(wide);
        let letter = |shift: u32| char::from_u32(u32::try_from(packed >> shift & 0x1f_ffff).ok()?);
        match packed >> 46 {
            0 => Some(Self::Unknown),
            1 => Some(Self::Email(letter(21)?, letter(0)?)),
            2 => {
                let (digits, last) = (u8::try_from(packed >> 16 & 0xff).ok()?, u16::try_from(packed & 0xffff).ok()?);
                Some(Self::Phone { digits, last })
            }
            _ => None,
        }
    }

    fn delivery(self) -> Option<Delivery> {
        let (contact, example) = match self {
            Self::Unknown => return None,
            Self::Email(local, domain) => (Contact::Email, format!("{local}@{domain}")),
            Self::Phone { digits, last } => (Contact::Phone, format!("+{last:0>width$}", width = usize::from(digits))),
        };
        Some(Delivery { destination: masked(contact, &example), contact })
    }
}

/// What a text says of an address when it is an id that we made up.
fn place_in(ring: &KeyRing, pool: &PoolId, text: &str) -> Place {
    let Ok(id) = uuid::Uuid::try_parse(text) else { return Place::Unknown };
    let id = id.as_bytes();
    let (mut nonce, mut sealed) = ([0; 6], [id[7], 0, 0, 0, 0, 0]);
    nonce.copy_from_slice(&id[..6]);
    sealed[1..].copy_from_slice(&id[9..14]);
    let marks = Marks { ring, pool, nonce };
    if marks.check(sealed)[..2] != id[14..] {
        return Place::Unknown;
    }
    xor(&mut sealed, &marks.pad());
    Place::read(sealed).unwrap_or(Place::Unknown)
}

/// The keyed hashes about one made-up id.
struct Marks<'a> {
    ring: &'a KeyRing,
    pool: &'a PoolId,
    nonce: [u8; 6],
}

impl Marks<'_> {
    fn pad(&self) -> [u8; 32] {
        self.ring.steady(&[b"absent sub pad", self.pool.0.as_bytes(), &self.nonce])
    }

    fn check(&self, sealed: [u8; 6]) -> [u8; 32] {
        self.ring.steady(&[b"absent sub check", self.pool.0.as_bytes(), &self.nonce, &sealed])
    }
}

fn xor(bytes: &mut [u8; 6], pad: &[u8; 32]) {
    for (byte, pad) in bytes.iter_mut().zip(pad) {
        *byte ^= pad;
    }
}

fn is_internal_already(settings: &PoolSettings, name: &str) -> bool {
    if !settings.username_attributes.is_empty() {
        return uuid::Uuid::try_parse(name).is_ok();
    }
    let is_alias = |kind: &AliasKind| match kind {
        AliasKind::Email => names::is_email(name),
        AliasKind::Phone => names::is_phone(name),
        AliasKind::PreferredUsername => false,
    };
    !settings.alias_attributes.iter().any(is_alias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::{pool, ring, rotated_ring, settings};

    fn goes_to(name: &str, usual: Contact) -> String {
        delivery(&ring(), &settings(), &pool(), name, usual).destination
    }

    #[test]
    fn an_email_pool_shows_an_id_and_a_plain_pool_the_name() {
        let mut settings = settings();
        assert_eq!(username(&ring(), &settings, &pool(), "bob"), "bob");
        settings.alias_attributes = vec![AliasKind::Email];
        assert_eq!(username(&ring(), &settings, &pool(), "bob"), "bob");
        assert!(uuid::Uuid::try_parse(&username(&ring(), &settings, &pool(), "bob@example.com")).is_ok());
        settings.alias_attributes.clear();
        settings.username_attributes = vec![AliasKind::Email];
        let id = username(&ring(), &settings, &pool(), "bob@example.com");
        assert_eq!(uuid::Uuid::try_parse(&id).unwrap().get_version_num(), 4);
        assert_eq!(username(&ring(), &settings, &pool(), &id), id);
    }

    #[test]
    fn a_name_and_the_id_made_up_for_it_go_to_one_place() {
        for name in ["bob@example.com", "ärger@österreich.example", "+12065550100", "+4915112345678"] {
            let id = sub(&ring(), &settings(), &pool(), name);
            assert_eq!(goes_to(name, Contact::Email), goes_to(&id, Contact::Email), "{name}");
            assert!(!id.contains(&hex::encode(&name.as_bytes()[..2])) || name.len() < 3, "{id}");
        }
        assert_eq!(goes_to("+12065550100", Contact::Email), "+*******0100");
    }

    #[test]
    fn an_id_of_another_pool_or_nobodys_id_goes_to_an_invented_place() {
        let other = PoolId("us-east-1_Example02".into());
        let id = sub(&ring(), &settings(), &other, "bob@example.com");
        let there = delivery(&ring(), &settings(), &other, &id, Contact::Email);
        assert_eq!(there.destination, "b***@e***");
        assert_eq!(goes_to(&id, Contact::Phone).len(), "+*******0100".len());
        let stable = goes_to("bob", Contact::Email);
        assert_eq!(stable, goes_to("bob", Contact::Email));
        assert_eq!(stable.len(), "b***@e***".len());
    }

    #[test]
    fn a_change_of_keys_makes_up_nobody_anew() {
        let (before, after) = (ring(), rotated_ring());
        let id = |ring| sub(ring, &settings(), &pool(), "bob@example.com");
        assert_eq!(id(&before), id(&after));
        let place = |ring, name: &str| delivery(ring, &settings(), &pool(), name, Contact::Email).destination;
        assert_eq!(place(&before, "bob"), place(&after, "bob"));
        assert_eq!(place(&after, &id(&before)), "b***@e***");
    }
}

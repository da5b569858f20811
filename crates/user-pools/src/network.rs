//! Networks of IP addresses: an address and the length of its prefix.
use std::net::IpAddr;
use std::str::FromStr;

/// A network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl FromStr for Network {
    type Err = String;

    /// `10.0.0.0/8`, or a single address.
    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| format!("{text}: not an IP address or network"))?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| {
            prefix.parse().map_err(|_| format!("{text}: the prefix length must be a number"))
        })?;
        if prefix > longest {
            return Err(format!("{text}: the prefix length must be at most {longest}"));
        }
        // Addresses are compared in their canonical form: a mapped network would hold none.
        Ok(match address.to_canonical() {
            mapped @ IpAddr::V4(_) if address.is_ipv6() && prefix >= 96 => {
                Self { address: mapped, prefix: prefix - 96 }
            }
            _ => Self { address, prefix },
        })
    }
}

impl Network {
    /// Whether the address is in the network.
    pub fn holds(self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                leading(u128::from(net.to_bits()) << 96, u128::from(ip.to_bits()) << 96, self.prefix)
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => leading(net.to_bits(), ip.to_bits(), self.prefix),
            _ => false,
        }
    }
}

fn leading(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_compared_by_prefix() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let net: Network = "192.168.4.0/22".parse().unwrap();
        assert!(net.holds(ip("192.168.7.255")) && !net.holds(ip("192.168.8.0")) && !net.holds(ip("::1")));
        assert!("300.1.1.1".parse::<Network>().is_err() && "10.0.0.0/33".parse::<Network>().is_err());
        assert!("::/0".parse::<Network>().unwrap().holds(ip("2001:db8::1")));
        assert!("10.0.0.1".parse::<Network>().unwrap().holds(ip("10.0.0.1")));
    }

    #[test]
    fn a_network_of_mapped_addresses_is_one_of_the_fourth_version() {
        let net = |text: &str| text.parse::<Network>().unwrap();
        assert_eq!(net("::ffff:203.0.113.0/120"), net("203.0.113.0/24"));
        assert_eq!(net("::ffff:203.0.113.7"), net("203.0.113.7"));
        assert!(net("::ffff:0:0/96").holds("203.0.113.7".parse().unwrap()));
        assert_eq!(net("::ffff:0:0/95").prefix, 95, "a wider one holds others too");
    }
}

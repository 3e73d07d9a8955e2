//! Networks of IP addresses, as the option `trusted_proxies` names them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that begin with the same bits.
///
/// An IPv4 address stands for the IPv6 address that it is mapped to (RFC 4291, section 2.5.5.2), so
/// that all addresses are numbers of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Network {
    /// The first of them.
    pub first: u128,
    /// How many bits they share, of 128.
    pub bits: u8,
}

/// Why a text names no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkError {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub help: String,
}

impl NetworkError {
    pub(crate) fn not_a_network(what: &str) -> Self {
        NetworkError {
            problem: format!("{what} is not an address, a network or a name of networks"),
            help: "write an address (`\"10.0.0.7\"`), a network (`\"10.0.0.0/8\"`, \
                   `\"fd00::/8\"`), `\"loopback\"` or `\"private\"`"
                .to_owned(),
        }
    }
}

/// Names for networks that many machines have.
const NAMED: [(&str, &[Network]); 2] = [
    (
        "loopback",
        &[
            Network::v4(127, 0, 8),
            Network {
                first: 1,
                bits: 128,
            },
        ],
    ),
    // RFC 1918, section 3, and RFC 4193, section 3.1.
    (
        "private",
        &[
            Network::v4(10, 0, 8),
            Network::v4(172, 16, 12),
            Network::v4(192, 168, 16),
            Network {
                first: 0xfc << 120,
                bits: 7,
            },
        ],
    ),
];

/// What all mapped addresses begin with.
const MAPPED: u128 = 0xffff << 32;
/// How many bits that is.
const MAPPED_BITS: u8 = 96;

impl Network {
    const fn v4(first: u8, second: u8, bits: u8) -> Self {
        Network {
            first: MAPPED | (first as u128) << 24 | (second as u128) << 16,
            bits: MAPPED_BITS + bits,
        }
    }

    /// The networks of a text: an address, a network such as `10.0.0.0/8`, or a name for several.
    ///
    /// # Errors
    /// When the text is none of these, or an address inside of a network with the network's bits.
    pub fn parse(text: &str) -> Result<Vec<Self>, NetworkError> {
        if let Some((_, networks)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(networks.to_vec());
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address = address.parse();
        let address: IpAddr =
            address.map_err(|_| NetworkError::not_a_network(&format!("`{text}`")))?;
        let network = match bits {
            None => Network {
                first: number(address),
                bits: 128,
            },
            Some(bits) => Self::of_bits(text, address, bits)?,
        };
        Ok(vec![network])
    }

    fn of_bits(text: &str, address: IpAddr, bits: &str) -> Result<Self, NetworkError> {
        let (least, most) = match address {
            IpAddr::V4(_) => (MAPPED_BITS, 32),
            IpAddr::V6(_) => (0, 128),
        };
        let digits = bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = bits
            .parse::<u8>()
            .ok()
            .filter(|bits| digits && *bits <= most);
        let bits = bits.ok_or_else(|| NetworkError {
            problem: format!("`{text}` is not a network"),
            help: format!("after the `/` stands how many bits count, from 0 to {most}"),
        })?;
        let network = Network {
            first: number(address) & mask(least + bits),
            bits: least + bits,
        };
        if network.first != number(address) {
            let first = match address {
                IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(network.first as u32)),
                IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(network.first)),
            };
            return Err(NetworkError {
                problem: format!("`{text}` is an address inside of a network"),
                help: format!(
                    "write `{first}/{bits}` for the network, or `{address}` for the address"
                ),
            });
        }
        Ok(network)
    }

    /// Whether an address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = number(address);
        // `::/0` is all of IPv6, and says nothing of IPv4.
        let is_v4 = self.bits >= MAPPED_BITS && is_mapped(self.first);
        is_v4 == is_mapped(address) && (address ^ self.first) & mask(self.bits) == 0
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => MAPPED | u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn is_mapped(number: u128) -> bool {
    number >> 32 == MAPPED >> 32
}

fn mask(bits: u8) -> u128 {
    u128::MAX
        .checked_shl(128 - u32::from(bits))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        let networks = Network::parse(network).expect("a network");
        let address = address.parse().expect("an address");
        networks.iter().any(|network| network.contains(address))
    }

    #[test]
    fn addresses_in_networks_and_beside_them() {
        for (network, inside, beside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
            ("10.0.0.7", "10.0.0.7", "10.0.0.6"),
            ("10.0.0.7/32", "::ffff:10.0.0.7", "10.0.0.8"),
            ("0.0.0.0/0", "255.0.0.1", "::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("::/80", "::1", "::ffff:10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1"),
            ("fd00::/8", "fdff::1", "fc00::1"),
            ("::1", "::1", "127.0.0.1"),
            ("2001:db8::/127", "2001:db8::1", "2001:db8::2"),
            ("loopback", "127.255.0.1", "128.0.0.1"),
            ("loopback", "::1", "::2"),
            ("private", "172.31.255.255", "172.32.0.0"),
            ("private", "192.168.0.1", "192.169.0.1"),
            ("private", "10.0.0.1", "127.0.0.1"),
            ("private", "fdff::1", "fe80::1"),
        ] {
            assert!(contains(network, inside), "{inside} in {network}");
            assert!(!contains(network, beside), "{beside} in {network}");
        }
    }

    #[test]
    fn texts_that_name_no_network() {
        for text in [
            "",
            "/",
            "/8",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "10.0.0.0/256",
            "10.0.0/8",
            "10.0.0.0 /8",
            "010.0.0.0/8",
            "fd00::/129",
            "[::1]",
            "::1%eth0",
            "nginx",
            "Loopback",
            "*",
            "10.0.0.1:80",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
        for (text, help) in [
            (
                "10.0.0.1/8",
                "write `10.0.0.0/8` for the network, or `10.0.0.1` for the address",
            ),
            (
                "fd00::1/8",
                "write `fd00::/8` for the network, or `fd00::1` for the address",
            ),
            (
                "10.0.0.0/33",
                "after the `/` stands how many bits count, from 0 to 32",
            ),
        ] {
            assert_eq!(Network::parse(text).expect_err("no network").help, help);
        }
    }

    proptest! {
        /// Against the bits, one by one.
        #[test]
        fn a_network_is_the_addresses_with_its_bits(
            address: u128, other: u128, near in 0_u32..128, bits in 0_u8..=128,
        ) {
            let bit = |number: u128, at: u8| number >> (127 - at) & 1;
            let first = (0..bits).fold(0, |first, at| first | bit(address, at) << (127 - at));
            let text = format!("{}/{bits}", Ipv6Addr::from_bits(first));
            let network = Network::parse(&text).expect("a network")[0];
            for other in [other, address, address ^ 1 << near] {
                let same = (0..bits).all(|at| bit(other, at) == bit(first, at));
                let same_kind = is_mapped(other) == (is_mapped(first) && bits >= 96);
                let contains = network.contains(IpAddr::V6(Ipv6Addr::from_bits(other)));
                prop_assert_eq!(contains, same && same_kind);
            }
        }
    }
}

//! Who a request is from, where a proxy that does TLS stands before the server.

use super::values::Values;
use super::{ConfigError, bad};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// Proxies whose word about the client's address is believed; nobody else's is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(super) fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let Some(set) = values.get(&("server", "trusted_proxies")) else {
            return Ok(Self::default());
        };
        let items = set.value.as_array().into_iter().flatten();
        items
            .filter_map(toml::Value::as_str)
            .map(|item| {
                let one = item.parse::<IpAddr>().map(IpNet::from);
                item.parse().or(one).map_err(|_| {
                    let why = "expected addresses or networks such as 10.0.0.5 or 10.0.0.0/8";
                    bad(&set.place, why)
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The client behind a connection from `from`. `said` are the values of `X-Forwarded-For`, to which each proxy adds
    /// whom it heard: read from the end, the first that is no proxy of ours is the client, and what stands before it is
    /// only what that client claims.
    pub(crate) fn client<'a>(
        &self,
        from: IpAddr,
        said: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut client = from.to_canonical();
        for word in said.rev().flat_map(|value| value.rsplit(',')) {
            if !self.is_ours(client) {
                break;
            }
            let Some(address) = address_in(word.trim()) else {
                break;
            };
            client = address;
        }
        client
    }

    /// Whether what this neighbour says of the request before it is believed.
    pub(crate) fn is_ours(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// Some proxies tell the port, too.
fn address_in(word: &str) -> Option<IpAddr> {
    let with_port = || word.parse::<SocketAddr>().map(|address| address.ip());
    let address = word.parse().or_else(|_| with_port()).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(from: &str, said: &[&str]) -> String {
        let ours = ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"];
        let proxies = Proxies(ours.iter().map(|net| net.parse().unwrap()).collect());
        let from = from.parse().unwrap();
        proxies.client(from, said.iter().copied()).to_string()
    }

    #[test]
    fn a_trusted_proxy_tells_whom_it_heard() {
        assert_eq!(client("127.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(client("::ffff:127.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            client("fd00::1", &["[2001:db8::9]:4711, 10.1.2.3"]),
            "2001:db8::9"
        );
        assert_eq!(
            client("127.0.0.1", &["203.0.113.7", "10.1.2.3"]),
            "203.0.113.7"
        );
    }

    #[test]
    fn a_client_cannot_make_itself_another() {
        assert_eq!(client("198.51.100.1", &["203.0.113.7"]), "198.51.100.1");
        assert_eq!(
            client("127.0.0.1", &["127.0.0.1, 203.0.113.7, 198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("127.0.0.1", &["203.0.113.7, unknown"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }
}

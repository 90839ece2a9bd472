//! The configuration in use, which another one may replace while the server runs.

use super::{Config, Limits};
use std::sync::{Arc, PoisonError, RwLock};

/// Cheap to clone; all clones see the same.
#[derive(Clone, Debug)]
pub(crate) struct LiveConfig(Arc<RwLock<Arc<Config>>>);

impl LiveConfig {
    pub(crate) fn new(config: Config) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(config))))
    }

    /// As it is at this moment. Ask again for every request; never keep it.
    pub(crate) fn now(&self) -> Arc<Config> {
        // A panic elsewhere does not damage what is only ever replaced whole.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, config: Config) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
    }

    /// Takes what can change in a running server from `wanted`, and tells what else differs: it stays until a restart.
    pub(crate) fn follow(&self, mut wanted: Config) -> Vec<&'static str> {
        let now = self.now();
        let mut stays = Vec::new();
        macro_rules! stays {
            ($($field:ident: $key:literal,)*) => {
                $(
                    if wanted.$field != now.$field {
                        stays.push($key);
                        wanted.$field = now.$field.clone();
                    }
                )*
            };
        }
        stays! {
            listen: "server.listen",
            is_plain_http_allowed: "server.allow_plain_http",
            public_url: "server.public_url",
            log_json: "log.format",
            import_bytes: "imports.max_mb",
            keep_imports_days: "imports.keep_days",
            keep_recordings: "recordings.keep_days",
            retention: "retention",
        }
        // The others are counted with from the start on.
        let limits = Limits {
            token_life: wanted.limits.token_life,
            request_timeout: wanted.limits.request_timeout,
            ..now.limits
        };
        if wanted.limits != limits {
            stays.push("limits");
            wanted.limits = limits;
        }
        if wanted.tls.is_some() != now.tls.is_some() {
            stays.push("tls");
            wanted.tls.clone_from(&now.tls);
        }
        self.replace(wanted);
        stays
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TlsFiles;

    #[test]
    fn what_needs_a_restart_stays_and_is_told_and_the_rest_is_followed() {
        let live = LiveConfig::new(Config::default());
        let kept = live.clone();
        let mut wanted = Config::default();
        wanted.listen.set_port(1);
        wanted.metrics_token = Some("token".to_owned());
        wanted.limits.token_life = std::time::Duration::from_secs(7);
        wanted.limits.connections += 1;
        let files = TlsFiles {
            cert: "cert.pem".into(),
            key: "key.pem".into(),
        };
        wanted.tls = Some(files);
        let stays = live.follow(wanted.clone());
        assert_eq!(stays, ["server.listen", "limits", "tls"]);
        let now = kept.now();
        assert_eq!((now.listen, &now.tls), (Config::default().listen, &None));
        assert_eq!(now.metrics_token, wanted.metrics_token);
        assert_eq!(now.limits.token_life, wanted.limits.token_life);
        assert_eq!(now.limits.connections + 1, wanted.limits.connections);
        assert!(live.follow(Config::default()).is_empty());
        assert_eq!(*live.now(), Config::default());
    }
}

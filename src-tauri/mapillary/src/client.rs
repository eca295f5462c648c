//! The client itself: its options, its HTTP machinery, and the header every request carries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, redirect};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::endpoints::Endpoints;
use crate::error::MapillaryError;
use crate::header_text::header_text;
use crate::json;
use crate::retry::MAX_SERVER_WAIT_MS;

/// A person's access token. It has no readable `Debug` form and is wiped when dropped.
pub type Token = SecretString;

/// The slowest line an upload is given time for, in bytes per second: 50 KiB
/// (`mapillary_tools` 0.14.7, `MAPILLARY_TOOLS_MIN_UPLOAD_SPEED`).
pub const DEFAULT_MINIMUM_UPLOAD_SPEED_BYTES_PER_S: f64 = 51_200.0;

/// Time to connect and to answer a small request, in milliseconds (`mapillary_tools` 0.14.7).
const DEFAULT_TIMEOUT_MS: u64 = 60_000;

/// Up to how much of the app's request quota is used for reading, in percent: what JOSM's plugin
/// does.
pub const MAX_APP_USAGE_PERCENT: u32 = 95;

/// How long reading pauses above that, in milliseconds: the documented limits are for a minute.
const USAGE_PAUSE_MS: u64 = 60_000;

/// The part of `x-app-usage` that is no percentage but the minutes until calls work again (Meta's
/// documentation of rate limits).
const REGAIN_MINUTES: &str = "estimated_time_to_regain_access";

/// How a [`Client`] behaves.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// What the requests say about who sends them.
    pub user_agent: String,
    /// Where the service is.
    pub endpoints: Endpoints,
    /// The slowest upload speed, in bytes per second, for which the answer to an upload is waited:
    /// at least 60 s, and as long as the bytes sent would take at this speed. `None`, zero and
    /// less wait without end.
    pub minimum_upload_speed_bytes_per_s: Option<f64>,
    /// How long a connection may take to stand, in milliseconds.
    pub connect_timeout_ms: u64,
    /// How long any call but an upload may take once the connection stands, in milliseconds.
    pub request_timeout_ms: u64,
    /// How long an upload may stand still, in milliseconds: no byte accepted by the line although
    /// some are ready to go.
    pub stall_timeout_ms: u64,
    /// Whether the system's proxy settings (and `HTTPS_PROXY`, `NO_PROXY`) are used. They never
    /// are when every address is loopback.
    pub use_system_proxy: bool,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!(
                "Waypost/",
                env!("CARGO_PKG_VERSION"),
                " (independent uploader for Mapillary)"
            )
            .to_owned(),
            endpoints: Endpoints::default(),
            minimum_upload_speed_bytes_per_s: Some(DEFAULT_MINIMUM_UPLOAD_SPEED_BYTES_PER_S),
            connect_timeout_ms: DEFAULT_TIMEOUT_MS,
            request_timeout_ms: DEFAULT_TIMEOUT_MS,
            stall_timeout_ms: DEFAULT_TIMEOUT_MS,
            use_system_proxy: true,
        }
    }
}

/// The client of Mapillary's service. Clones share connections and are cheap.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: ClientOptions,
    usage: Mutex<Option<Usage>>,
}

/// What the last `x-app-usage` said.
#[derive(Clone, Copy, Debug)]
struct Usage {
    percent: u32,
    noted_at: Instant,
    pause: Duration,
}

impl Client {
    /// A client with `options`. Nothing is sent yet.
    ///
    /// Returns [`MapillaryError::InvalidUrl`] for an address that [`Endpoints::check`] refuses,
    /// [`MapillaryError::InvalidInput`] for a user agent that cannot stand in a header, and
    /// [`MapillaryError::Setup`] when the system offers no TLS.
    pub fn new(options: ClientOptions) -> Result<Self, MapillaryError> {
        options.endpoints.check()?;
        let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| MapillaryError::InvalidInput {
            what: "user agent",
            reason: "it holds characters that cannot stand in a header".to_owned(),
        })?;
        let mut builder = reqwest::Client::builder()
            .user_agent(user_agent)
            // The shape that is known to work with the service, also for chunked bodies.
            .http1_only()
            // A redirect must never carry the token, nor repeat an upload elsewhere.
            .redirect(redirect::Policy::none())
            // Whether to try again is decided by the caller alone.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(Duration::from_millis(options.connect_timeout_ms));
        if !options.use_system_proxy || options.endpoints.is_practice() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| MapillaryError::Setup {
            detail: error.without_url().to_string(),
        })?;
        Ok(Self {
            http,
            shared: Arc::new(Shared {
                options,
                usage: Mutex::new(None),
            }),
        })
    }

    /// The options the client was made with.
    pub fn options(&self) -> &ClientOptions {
        &self.shared.options
    }

    /// Where the service is.
    pub fn endpoints(&self) -> &Endpoints {
        &self.shared.options.endpoints
    }

    /// How much of the app's request quota was used, in percent, as the last Graph reply that
    /// said so (`x-app-usage`) put it. Above [`MAX_APP_USAGE_PERCENT`] reading pauses.
    pub fn app_usage_percent(&self) -> Option<u32> {
        self.usage().map(|usage| usage.percent)
    }

    /// How long reading has to wait because the quota is nearly used up: the percentage, and the
    /// milliseconds that are left of the pause. Afterwards one call finds out how it stands.
    pub(crate) fn usage_pause(&self) -> Option<(u32, u64)> {
        let usage = self.usage().filter(|usage| usage.percent > MAX_APP_USAGE_PERCENT)?;
        let left = usage.pause.checked_sub(usage.noted_at.elapsed())?;
        Some((
            usage.percent,
            u64::try_from(left.as_millis()).unwrap_or(u64::MAX).max(1),
        ))
    }

    fn usage(&self) -> Option<Usage> {
        *self.shared.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the usage: after a pause only a fresh reply can tell.
    pub fn forget_app_usage(&self) {
        *self.shared.usage.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Remembers the `x-app-usage` header of a reply: the highest of its percentages.
    pub(crate) fn note_usage(&self, headers: &HeaderMap) {
        let usage = header_text(headers, "x-app-usage").and_then(|text| serde_json::from_str::<Value>(text).ok());
        let Some(parts) = usage.as_ref().and_then(Value::as_object) else {
            return;
        };
        let percentages = parts.iter().filter(|(name, _)| *name != REGAIN_MINUTES);
        let Some(percent) = percentages.filter_map(|(_, part)| json::unsigned(Some(part))).max() else {
            return;
        };
        let regain_ms = json::unsigned(parts.get(REGAIN_MINUTES)).map_or(0, |minutes| minutes.saturating_mul(60_000));
        *self.shared.usage.lock().unwrap_or_else(PoisonError::into_inner) = Some(Usage {
            percent: u32::try_from(percent).unwrap_or(u32::MAX),
            noted_at: Instant::now(),
            pause: Duration::from_millis(regain_ms.clamp(USAGE_PAUSE_MS, MAX_SERVER_WAIT_MS)),
        });
    }

    /// A request that carries `secret` in the way the service wants: `Authorization: OAuth …`.
    pub(crate) fn request(
        &self,
        method: Method,
        url: Url,
        secret: &SecretString,
    ) -> Result<RequestBuilder, MapillaryError> {
        Ok(self
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization(secret)?))
    }

    /// A request for a picture, which lies with another host: without any secret.
    pub(crate) fn without_token(&self, url: &Url) -> RequestBuilder {
        self.http.get(url.clone())
    }

    /// A post to an address that the person gave: without any secret.
    pub(crate) fn post_without_token(&self, url: &Url) -> RequestBuilder {
        self.http.post(url.clone())
    }

    /// A request that carries no secret.
    pub(crate) fn bare_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.shared.options.request_timeout_ms)
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.shared.options.connect_timeout_ms)
    }
}

/// The header value for a token or a client secret, marked so that nothing prints it.
fn authorization(secret: &SecretString) -> Result<HeaderValue, MapillaryError> {
    let invalid = |reason: &str| MapillaryError::InvalidInput {
        what: "token",
        reason: reason.to_owned(),
    };
    let token = secret.expose_secret();
    if token.is_empty() {
        return Err(invalid("it is empty"));
    }
    if token.trim() != token {
        return Err(invalid("it begins or ends with blanks"));
    }
    let text = Zeroizing::new(format!("OAuth {token}"));
    let mut value =
        HeaderValue::from_str(&text).map_err(|_| invalid("it holds characters that cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

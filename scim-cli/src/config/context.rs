//! One context of the configuration.

use toml_edit::{InlineTable, Item, TableLike, Value};

use crate::failure::Failure;
use crate::secret::Reference;

/// A service provider, and how to talk to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Context {
    pub(crate) name: String,
    pub(crate) url: String,
    /// A profile's name, or the path of a `profile.json`.
    pub(crate) profile: Option<String>,
    pub(crate) auth: Auth,
    /// Headers of each request; a value may be the reference of a secret.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) tls: Tls,
    pub(crate) limits: Limits,
    /// Writes need `--write`.
    pub(crate) read_only: bool,
    /// Plain HTTP to other machines is allowed.
    pub(crate) insecure_http: bool,
}

/// How a client shows who it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Auth {
    #[default]
    None,
    Bearer(Reference),
    Basic {
        user: String,
        password: Reference,
    },
    Header {
        name: String,
        value: Reference,
    },
    /// OAuth 2.0 client credentials (RFC 6749 §4.4).
    OAuth2 {
        token_url: String,
        client_id: String,
        /// A secret, or a private key as PEM (RFC 7523) if `is_key`.
        secret: Reference,
        is_key: bool,
        key_id: Option<String>,
        scopes: Vec<String>,
        audience: Option<String>,
    },
    /// OAuth 2.0 device authorization (RFC 8628): a person signs in with a browser.
    Device {
        token_url: String,
        device_url: String,
        client_id: String,
        /// Some servers give their clients one all the same.
        secret: Option<Reference>,
        scopes: Vec<String>,
        audience: Option<String>,
    },
}

/// Certificates as PEM files.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Tls {
    pub(crate) ca: Option<String>,
    pub(crate) cert: Option<String>,
    pub(crate) key: Option<Reference>,
}

/// How much is asked of the server, and allowed to somebody.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Limits {
    /// Such as `10/s` or `600/m`.
    pub(crate) rate: Option<String>,
    pub(crate) concurrency: Option<usize>,
    /// How many may be deleted in one command: a number, or a share such as `5%`.
    pub(crate) max_delete: Option<String>,
}

const SETTINGS: &[&str] = &[
    "url",
    "profile",
    "auth",
    "headers",
    "tls",
    "limits",
    "read-only",
    "insecure-http",
];
const AUTH: &[&str] = &[
    "kind",
    "token",
    "user",
    "password",
    "name",
    "value",
    "token-url",
    "device-url",
    "client-id",
    "secret",
    "key",
    "key-id",
    "scopes",
    "audience",
];
const KINDS: &[&str] = &["none", "bearer", "basic", "header", "oauth2", "device"];

impl Context {
    pub(crate) fn new(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.trim_end_matches('/').to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn read(name: &str, item: &Item) -> Result<Self, Failure> {
        let place = format!("context.{name}");
        let table = table(&place, item)?;
        known(&place, table, SETTINGS)?;
        let mut context = Self::new(name, text(&place, table, "url")?.unwrap_or_default());
        if context.url.is_empty() {
            return Err(
                Failure::usage(format!("{place} has no `url`")).hint(format!(
                    "`scim context set {name} url https://example.com/scim/v2`"
                )),
            );
        }
        context.profile = text(&place, table, "profile")?.map(str::to_owned);
        context.read_only = flag(&place, table, "read-only")?;
        context.insecure_http = flag(&place, table, "insecure-http")?;
        if let Some(item) = table.get("auth") {
            context.auth = auth(&format!("{place}.auth"), item)?;
        }
        if let Some(item) = table.get("headers") {
            let place = format!("{place}.headers");
            let headers = self::table(&place, item)?;
            for (name, _) in headers.iter() {
                let value = text(&place, headers, name)?.unwrap_or_default();
                context.headers.push((name.to_owned(), value.to_owned()));
            }
        }
        if let Some(item) = table.get("tls") {
            let place = format!("{place}.tls");
            let tls = self::table(&place, item)?;
            known(&place, tls, &["ca", "cert", "key"])?;
            context.tls.ca = text(&place, tls, "ca")?.map(str::to_owned);
            context.tls.cert = text(&place, tls, "cert")?.map(str::to_owned);
            context.tls.key = text(&place, tls, "key")?
                .map(Reference::parse)
                .transpose()?;
        }
        if let Some(item) = table.get("limits") {
            context.limits = limits(&format!("{place}.limits"), item)?;
        }
        Ok(context)
    }

    /// Sets in `item` what is here; what a hand wrote besides stays.
    pub(super) fn write(&self, item: &mut Item) {
        let Some(table) = item.as_table_like_mut() else {
            return;
        };
        put(table, "url", Value::from(self.url.as_str()));
        if let Some(profile) = &self.profile {
            put(table, "profile", Value::from(profile.as_str()));
        }
        put(table, "auth", Value::InlineTable(self.auth.to_table()));
        if !self.headers.is_empty() {
            let mut headers = InlineTable::new();
            for (name, value) in &self.headers {
                headers.insert(name, Value::from(value.as_str()));
            }
            put(table, "headers", Value::InlineTable(headers));
        }
        for (name, set) in [
            ("read-only", self.read_only),
            ("insecure-http", self.insecure_http),
        ] {
            if set || table.get(name).is_some() {
                put(table, name, Value::from(set));
            }
        }
    }
}

/// Sets a value and keeps the comment behind the old one.
fn put(table: &mut dyn TableLike, name: &str, mut value: Value) {
    if let Some(old) = table.get(name).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(name, Item::Value(value));
}

impl Auth {
    /// What kind it is, as the configuration says it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer(_) => "bearer",
            Self::Basic { .. } => "basic",
            Self::Header { .. } => "header",
            Self::OAuth2 { .. } => "oauth2",
            Self::Device { .. } => "device",
        }
    }

    /// Where its secret comes from.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match self {
            Self::None => None,
            Self::Bearer(reference)
            | Self::Basic {
                password: reference,
                ..
            }
            | Self::Header {
                value: reference, ..
            }
            | Self::OAuth2 {
                secret: reference, ..
            } => Some(reference),
            Self::Device { secret, .. } => secret.as_ref(),
        }
    }

    /// Where requests for tokens go.
    pub(crate) fn urls(&self) -> Vec<&str> {
        match self {
            Self::OAuth2 { token_url, .. } => vec![token_url],
            Self::Device {
                token_url,
                device_url,
                ..
            } => vec![token_url, device_url],
            _ => Vec::new(),
        }
    }

    fn to_table(&self) -> InlineTable {
        let mut table = InlineTable::new();
        let mut put = |name: &str, value: &str| {
            table.insert(name, Value::from(value));
        };
        put("kind", self.kind());
        match self {
            Self::None => {}
            Self::Bearer(token) => put("token", &token.to_string()),
            Self::Basic { user, password } => {
                put("user", user);
                put("password", &password.to_string());
            }
            Self::Header { name, value } => {
                put("name", name);
                put("value", &value.to_string());
            }
            Self::OAuth2 {
                token_url,
                client_id,
                secret,
                is_key,
                key_id,
                scopes,
                audience,
            } => {
                put("token-url", token_url);
                put("client-id", client_id);
                put(if *is_key { "key" } else { "secret" }, &secret.to_string());
                if let Some(key_id) = key_id {
                    put("key-id", key_id);
                }
                asked_for(&mut table, scopes, audience.as_deref());
            }
            Self::Device {
                token_url,
                device_url,
                client_id,
                secret,
                scopes,
                audience,
            } => {
                put("token-url", token_url);
                put("device-url", device_url);
                put("client-id", client_id);
                if let Some(secret) = secret {
                    put("secret", &secret.to_string());
                }
                asked_for(&mut table, scopes, audience.as_deref());
            }
        }
        table
    }
}

/// What a token is asked for.
fn asked_for(table: &mut InlineTable, scopes: &[String], audience: Option<&str>) {
    if let Some(audience) = audience {
        table.insert("audience", Value::from(audience));
    }
    if !scopes.is_empty() {
        let scopes = scopes.iter().map(String::as_str);
        table.insert("scopes", Value::from_iter(scopes));
    }
}

fn scopes(table: &dyn TableLike) -> Vec<String> {
    let Some(item) = table.get("scopes") else {
        return Vec::new();
    };
    match item.as_array() {
        Some(array) => {
            let texts = array.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        None => item.as_str().into_iter().map(str::to_owned).collect(),
    }
}

fn auth(place: &str, item: &Item) -> Result<Auth, Failure> {
    let table = table(place, item)?;
    known(place, table, AUTH)?;
    let wanted = |name: &str| {
        let found = text(place, table, name)?;
        found
            .map(str::to_owned)
            .ok_or_else(|| Failure::usage(format!("{place} has no `{name}`")))
    };
    let secret = |name: &str| {
        Reference::parse(&wanted(name)?).map_err(|failure| failure.at(&format!("{place}.{name}")))
    };
    let kind = text(place, table, "kind")?.unwrap_or("bearer");
    Ok(match kind {
        "none" => Auth::None,
        "bearer" => Auth::Bearer(secret("token")?),
        "basic" => Auth::Basic {
            user: wanted("user")?,
            password: secret("password")?,
        },
        "header" => Auth::Header {
            name: wanted("name")?,
            value: secret("value")?,
        },
        "oauth2" => {
            let is_key = table.get("key").is_some();
            Auth::OAuth2 {
                token_url: wanted("token-url")?,
                client_id: wanted("client-id")?,
                secret: secret(if is_key { "key" } else { "secret" })?,
                is_key,
                key_id: text(place, table, "key-id")?.map(str::to_owned),
                scopes: scopes(table),
                audience: text(place, table, "audience")?.map(str::to_owned),
            }
        }
        "device" => Auth::Device {
            token_url: wanted("token-url")?,
            device_url: wanted("device-url")?,
            client_id: wanted("client-id")?,
            secret: match table.get("secret") {
                Some(_) => Some(secret("secret")?),
                None => None,
            },
            scopes: scopes(table),
            audience: text(place, table, "audience")?.map(str::to_owned),
        },
        other => return Err(unknown(place, "kind", other, KINDS)),
    })
}

fn limits(place: &str, item: &Item) -> Result<Limits, Failure> {
    let table = table(place, item)?;
    known(place, table, &["rate", "concurrency", "max-delete"])?;
    let rate = text(place, table, "rate")?.map(str::to_owned);
    if let Some(rate) = &rate {
        self::rate(rate)?;
    }
    let concurrency = match table.get("concurrency") {
        None => None,
        Some(item) => match item.as_integer().and_then(|n| usize::try_from(n).ok()) {
            Some(n) if n > 0 => Some(n),
            _ => {
                return Err(Failure::usage(format!(
                    "{place}.concurrency is a number from 1"
                )));
            }
        },
    };
    let max_delete = match table.get("max-delete") {
        None => None,
        Some(item) => {
            let text = item.as_str().map(str::to_owned);
            let text = text.or_else(|| item.as_integer().map(|n| n.to_string()));
            let plain = text.as_deref().unwrap_or_default().trim_end_matches('%');
            if plain.parse::<u32>().is_err() {
                return Err(Failure::usage(format!(
                    "{place}.max-delete is a number, or a share such as \"5%\""
                )));
            }
            text
        }
    };
    Ok(Limits {
        rate,
        concurrency,
        max_delete,
    })
}

/// `10/s` or `600/m`: how many in how many seconds.
pub(crate) fn rate(text: &str) -> Result<(u32, u64), Failure> {
    let wrong = || Failure::usage(format!("`{text}` is not a rate")).hint("such as 10/s or 600/m");
    let (number, unit) = text.split_once('/').ok_or_else(wrong)?;
    let number = number.trim().parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    match number {
        0 => Err(wrong()),
        number => Ok((number, seconds)),
    }
}

fn table<'i>(place: &str, item: &'i Item) -> Result<&'i dyn TableLike, Failure> {
    item.as_table_like()
        .ok_or_else(|| Failure::usage(format!("{place} is not a table")))
}

fn text<'i>(place: &str, table: &'i dyn TableLike, name: &str) -> Result<Option<&'i str>, Failure> {
    match table.get(name) {
        None => Ok(None),
        Some(item) => match item.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(Failure::usage(format!("{place}.{name} is not a string"))),
        },
    }
}

fn flag(place: &str, table: &dyn TableLike, name: &str) -> Result<bool, Failure> {
    match table.get(name) {
        None => Ok(false),
        Some(item) => item
            .as_bool()
            .ok_or_else(|| Failure::usage(format!("{place}.{name} is true or false"))),
    }
}

/// Refuses a setting that does not exist.
fn known(place: &str, table: &dyn TableLike, names: &[&str]) -> Result<(), Failure> {
    match table.iter().find(|(name, _)| !names.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let near = scim_schema::nearest(name, names);
            Err(
                Failure::usage(format!("{place} has no setting `{name}`")).hint(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "there are {}; is it of another version of scim?",
                        names.join(", ")
                    ),
                }),
            )
        }
    }
}

fn unknown(place: &str, what: &str, found: &str, names: &[&str]) -> Failure {
    Failure::usage(format!(
        "{place}.{what}: `{found}` is not one of {}",
        names.join(", ")
    ))
}

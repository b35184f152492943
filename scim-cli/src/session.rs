//! One command's dealings with one service provider.

mod call;
mod connect;
mod held;
mod settings;

use std::sync::{Arc, Mutex, PoisonError};

use scim_client::transport::Transport;
use scim_client::{Client, Json, Profile};

use crate::config::{Auth, Context};
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::network;
use crate::secret::Reference;
use crate::terminal;
use crate::wire::{self, Archive, Curl, Mask, Recorder, Word};

pub(crate) use self::call::{Call, Reply};
use self::held::{End, Held};
pub(crate) use self::settings::{header, is_same_origin, settings};

/// A service provider, and how this command talks to it.
pub(crate) struct Session {
    pub(crate) globals: Globals,
    pub(crate) context: Context,
    pub(crate) profile: Profile,
    pub(crate) mask: Arc<Mask>,
    transport: Arc<dyn Transport>,
    held: Mutex<Held>,
    /// Who has it asks for a new token; others wait for that one.
    renewing: tokio::sync::Mutex<()>,
}

impl Session {
    /// Sets everything up; nothing is sent but a request for a token where one is needed.
    pub(crate) async fn open(globals: &Globals) -> Result<Self, Failure> {
        let context = settings(globals)?;
        Self::of(globals, context).await
    }

    /// As [`open`](Self::open), for a context that need not be in the configuration.
    pub(crate) async fn of(globals: &Globals, context: Context) -> Result<Self, Failure> {
        connect::unframed(&context)?;
        // Whoever records for hours learns before that it cannot be.
        let archive = globals.har.as_deref().map(Archive::of).transpose()?;
        let profile = connect::profile(globals.profile.as_deref().or(context.profile.as_deref()))?;
        let mut urls = vec![context.url.as_str()];
        urls.extend(context.auth.urls());
        let plain = network::transport(&context.tls, &urls, globals.timeout)?;
        let mask = Arc::new(Mask::default());
        let recorder = Recorder::new(plain, globals.verbosity, archive, Arc::clone(&mask));
        let transport: Arc<dyn Transport> = Arc::new(recorder);
        let (client, grant) =
            connect::client(globals, &context, &profile, &transport, &mask, false).await?;
        let held = Held::new(client, grant);
        Ok(Self {
            globals: globals.clone(),
            context,
            profile,
            mask,
            transport,
            held: Mutex::new(held),
            renewing: tokio::sync::Mutex::default(),
        })
    }

    /// The library's client.
    pub(crate) fn client(&self) -> Client {
        self.held().client.clone()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The transport with everything that is to be seen of it.
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    /// Sends a request that may only read, or that was allowed to write.
    pub(crate) async fn send(&self, call: &Call) -> Result<Reply, Failure> {
        if self.globals.curl {
            terminal::out(&self.curl(call))?;
            return Err(Failure::done());
        }
        let token = self.fresh().await?;
        match self.try_once(call).await {
            Err(failure) if failure.status() == Some(401) && self.renew(token).await? => {
                self.try_once(call).await
            }
            other => other,
        }
    }

    /// Sends a request that writes. `None` where it was only to be shown.
    pub(crate) async fn write(&self, call: &Call) -> Result<Option<Reply>, Failure> {
        debug_assert!(!call.is_read());
        if self.globals.dry_run {
            self.show(call);
            return Ok(None);
        }
        self.may_write()?;
        let reply = self.send(call).await?;
        terminal::has_written();
        Ok(Some(reply))
    }

    /// Shows a request that would be sent.
    pub(crate) fn show(&self, call: &Call) {
        let mut line = format!("{} {}", call.method, call.path);
        for (at, (name, value)) in call.query.iter().enumerate() {
            line.push(if at == 0 { '?' } else { '&' });
            line.push_str(&format!("{name}={value}"));
        }
        terminal::say(terminal::visible(&self.mask.text(&line)));
        for (name, value) in &call.headers {
            let value = self.mask.header_text(name, value);
            terminal::say(terminal::visible(&format!("{name}: {value}")));
        }
        if let Some(body) = &call.body {
            terminal::say(self.mask.pretty(body));
        }
    }

    /// Refuses where the context is read-only.
    pub(crate) fn may_write(&self) -> Result<(), Failure> {
        if self.context.read_only && !self.globals.write && !self.globals.dry_run {
            let message = format!("the context `{}` is read-only", self.context.name);
            return Err(Failure::new(Code::Safety, message)
                .hint("--write writes all the same, --dry-run shows what would be sent"));
        }
        Ok(())
    }

    async fn try_once(&self, call: &Call) -> Result<Reply, Failure> {
        let mut request = self.client().request(call.method.clone(), &call.path);
        for (name, value) in &call.query {
            request = request.parameter(name, value);
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &call.body {
            let json = Json::parse(body)
                .map_err(|error| Failure::usage(format!("the body is not JSON: {error}")))?;
            request = request.body(json);
        }
        // Some servers repeat the token that they refuse.
        let masked = |failure: Failure| failure.masked(|text| self.mask.text_only(text));
        let answer = request.send().await;
        let answer = answer.map_err(|error| masked(error.into()))?;
        let reply = Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.into_value().map(|json| json.as_str().to_owned()),
        };
        reply.is_no_error().map_err(masked)?;
        Ok(reply)
    }

    /// Which token the next request has. One that is about to expire is replaced first: long work
    /// outlives its token.
    pub(crate) async fn fresh(&self) -> Result<u32, Failure> {
        let (number, end) = {
            let held = self.held();
            (held.number, held.end())
        };
        match end {
            End::Far => Ok(number),
            End::Near => {
                // It is still good: what fails now may pass.
                let _tried_again_later = self.replace(number).await;
                Ok(self.held().number)
            }
            End::Past => {
                self.replace(number).await?;
                Ok(self.held().number)
            }
        }
    }

    /// Puts another token in place of one that the server refused, if that may help.
    pub(crate) async fn renew(&self, refused: u32) -> Result<bool, Failure> {
        let may_help = {
            let held = self.held();
            held.number != refused || held.is_old()
        };
        match may_help {
            true => self.replace(refused).await.map(|()| true),
            false => Ok(false),
        }
    }

    /// Fetches a new token, unless somebody else has done so meanwhile.
    async fn replace(&self, old: u32) -> Result<(), Failure> {
        let _one_at_a_time = self.renewing.lock().await;
        if self.held().number != old {
            return Ok(());
        }
        let Self {
            globals,
            context,
            profile,
            transport,
            mask,
            ..
        } = self;
        let (client, grant) =
            connect::client(globals, context, profile, transport, mask, true).await?;
        self.held().put(client, grant);
        Ok(())
    }

    /// The request as a command for curl, with a variable in place of the credential.
    fn curl(&self, call: &Call) -> String {
        let mut url = match call.path.contains("://") {
            true => call.path.clone(),
            false => format!("{}/{}", self.context.url, call.path.trim_start_matches('/')),
        };
        for (at, (name, value)) in call.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&format!("{}={}", wire::percent(name), wire::percent(value)));
        }
        let mut command = Curl::new(call.method.as_str(), &self.mask.text(&url));
        let scim = "application/scim+json";
        command.header("accept", "", Word::Plain(scim));
        match &self.context.auth {
            Auth::None => {}
            Auth::Basic { .. } => {
                command.header("authorization", "Basic ", Word::Variable("SCIM_TOKEN"));
            }
            Auth::Header { name, .. } => command.header(name, "", Word::Variable("SCIM_TOKEN")),
            _ => command.header("authorization", "Bearer ", Word::Variable("SCIM_TOKEN")),
        }
        for (name, value) in &self.context.headers {
            // One that comes from elsewhere, or whose name says that it is secret, stays there.
            match Reference::parse(value).is_ok() || self.mask.is_secret_header(name) {
                true => command.secret_header(name),
                false => command.header(name, "", Word::Plain(&self.mask.text(value))),
            }
        }
        for (name, value) in &call.headers {
            match self.mask.is_secret_header(name) {
                true => command.secret_header(name),
                false => command.header(name, "", Word::Plain(&self.mask.text(value))),
            }
        }
        if let Some(body) = &call.body {
            command.header("content-type", "", Word::Plain(scim));
            command.body(body, &self.mask);
        }
        for note in command.notes() {
            terminal::say(note);
        }
        command.finish()
    }
}

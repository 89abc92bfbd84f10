//! `clawtap sync`

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::cli::{self, From};
use crate::commands::choosing::ask_which;
use crate::commands::questioning::{Person as Presence, ask_one, assessment};
use crate::commands::signing_in::{
    self, Order, explained, learned, lost, person, restart, sign_in, tell,
};
use crate::commands::{Session, print, tap};
use crate::credentials::claude::{self, Fault};
use crate::credentials::plan::{self, Decision, Form, Wish};
use crate::credentials::secret::Secret;
use crate::error::{Error, Kind, Outcome};
use crate::gateway::ask::{ClaudeSource, Reply};
use crate::gateway::connection::Connection;
use crate::gateway::errand;
use crate::gateway::failure::last_line;
use crate::gateway::hand_over::{self, Done};
use crate::gateway::identity::Gateway;
use crate::gateway::request::Want;
use crate::login::route::{Argument, Route};
use crate::login::session::{self, Scene};
use crate::login::ticket::{Queue, Ticket};
use crate::login::{masking, plan as sign_in_plan};
use crate::phone::Phone;
use crate::render::duration::spoken;
use crate::settings::{self, Selection, Settings};
use crate::status::assessment::Assessment;
use crate::status::report::Report;
use crate::status::verdict::Verdict;
use crate::system::{clock, files, terminal};

/// How long somebody else's sign-in or sync on the same gateway is waited for.
const TURN: Duration = Duration::from_secs(60);
/// What a person is told once.
const TERMS: &str = "Anthropic's terms keep subscription logins to its own programs; \
    OpenClaw's use of one is at your own risk. (Told once.)\n";

pub(crate) fn run(arguments: cli::Sync, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    let json = arguments.json;
    let outcome = sync(arguments, &phone, session);
    match &outcome {
        Ok(synced) => tap::tell(&phone, synced.line(), Verdict::Ok, session),
        Err(error) => tap::tell_error(&phone, error, session),
    }
    match &outcome {
        Ok(synced) if json => print(&synced.json())?,
        Ok(synced) => print(&format!("{}\n", synced.line()))?,
        Err(error) if json => print(&not_synced(error))?,
        Err(_) => {}
    }
    outcome.map(|_| Outcome::Done)
}

/// What came of it.
#[derive(Serialize)]
pub(crate) struct Synced {
    schema: u32,
    gateway: String,
    result: &'static str,
    from: &'static str,
    #[serde(rename = "as")]
    form: &'static str,
    profile: Option<String>,
    /// How long it is valid, in seconds.
    valid_for_s: Option<i64>,
    message: String,
}

impl Synced {
    /// "home: synced, valid until 23:10 (5 h 40 m)"
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.gateway, self.message)
    }

    fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn not_synced(error: &Error) -> String {
    let value = serde_json::json!({
        "schema": 1,
        "result": "not-synced",
        "message": error.message,
        "next_step": error.hint,
    });
    format!("{value:#}\n")
}

fn sync(arguments: cli::Sync, phone: &Phone, session: &Session) -> Result<Synced, Error> {
    let selection = match &arguments.gateway {
        Some(name) => Selection::One(name.clone()),
        None => Selection::Default,
    };
    let settings = settings::load(&selection, session.config.as_deref(), &session.environment)?;
    let gateway = match &settings.gateways[..] {
        [only] => only,
        several => {
            let names: Vec<_> = several.iter().map(|it| it.name.to_string()).collect();
            &several[ask_which("Sync on which gateway?", &names, phone, session)?]
        }
    };
    let profile = arguments.profile.as_deref().map(|text| {
        Argument::id(text).ok_or_else(|| {
            Error::new(Kind::Usage, "--profile is no login's id")
                .hint("One is like anthropic:claude-code")
        })
    });
    let job = Job {
        gateway,
        settings: &settings,
        wish: Wish {
            form: arguments.form.map(Form::from),
            profile: profile.transpose()?,
            force: arguments.force,
        },
        from: arguments.from,
        restart: arguments.restart,
        dry_run: arguments.dry_run,
        phone,
        session,
    };
    job.run()
}

impl std::convert::From<cli::Form> for Form {
    fn from(form: cli::Form) -> Self {
        match form {
            cli::Form::Token => Self::Token,
            cli::Form::Cli => Self::Cli,
        }
    }
}

/// A sync that is to be done.
pub(crate) struct Job<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) settings: &'a Settings,
    pub(crate) wish: Wish,
    pub(crate) from: Option<From>,
    pub(crate) restart: cli::Restart,
    pub(crate) dry_run: bool,
    pub(crate) phone: &'a Phone,
    pub(crate) session: &'a Session,
}

/// Where a login comes from, and until when it is valid.
struct Source {
    from: From,
    expires_ms: i64,
    /// By the clock of the machine that it is on.
    left: TimeDelta,
    /// The token, if it is on this device.
    token: Option<Secret>,
}

impl Job<'_> {
    /// Does it: OpenClaw has either the old login or the new one, wherever it is interrupted.
    pub(crate) fn run(&self) -> Result<Synced, Error> {
        let name = &self.gateway.name;
        if !self.dry_run {
            tell(self.phone, &format!("{name}: syncing…"), self.session);
            self.check_owner()?;
        }
        let environment = &self.session.environment;
        let _ticket = match Ticket::after(name, TURN, environment)? {
            Queue::First(ticket) => ticket,
            Queue::Taken(_) => {
                return Err(self
                    .refused("a sign-in or sync is under way")
                    .hint("Wait until it ends"));
            }
        };
        let connection = Connection::to(self.gateway, &self.session.processes, environment);
        let (source, before) = self.look(&connection)?;
        let (source, before) = self.renewed(source, before, &connection)?;
        let report = self.report(&before)?;
        let decision = plan::decide(report, before.now, source.left, &self.wish);
        match &decision {
            Decision::Nothing(why) => {
                return Ok(self.synced("in-sync", why.clone(), &source, &decision, source.left));
            }
            Decision::Worse(what) => {
                return Err(self
                    .refused(&format!("not synced: {what}"))
                    .hint("Sync all the same: clawtap sync --force"));
            }
            Decision::Expired { since } => return Err(self.expired(*since)),
            Decision::Token { .. } | Decision::Cli => {}
        }
        let form = form_of(&decision);
        terminal::say(&format!(
            "{}\n",
            plan::reason(form, self.wish.form.is_some())
        ));
        if self.dry_run {
            return Ok(self.synced(
                "dry-run",
                self.planned(&decision),
                &source,
                &decision,
                source.left,
            ));
        }
        self.tell_terms();
        let wants_restart = match &decision {
            Decision::Token { profile } => self.hand_over(&source, profile, &connection)?,
            _ => self.use_cli(&connection)?,
        };
        if wants_restart {
            restart(&connection.gateway, self.restart, self.phone, self.session);
        }
        let asked_at = clock::now();
        let reply = self.ask(&connection, Presence::Away);
        let after = assessment(&connection.gateway, reply);
        learned(&after, self.phone, self.settings.notification, self.session);
        let left = source.left - (asked_at - before.now);
        let proof = plan::proof(&decision, left, self.report(&after)?, after.now);
        let left = proof.map_err(|what| self.refused(&what).hint("See: clawtap status"))?;
        let until = until(after.now, left);
        let message = match &decision {
            Decision::Cli => "openclaw now uses Claude Code itself".into(),
            _ => format!("synced, valid until {until}"),
        };
        Ok(self.synced("synced", message, &source, &decision, left))
    }

    fn refused(&self, what: &str) -> Error {
        Error::new(Kind::SignIn, format!("{}: {what}", self.gateway.name))
    }

    /// Makes sure of the phone's owner, where the configuration wants it.
    fn check_owner(&self) -> Result<(), Error> {
        if !self.settings.sync.fingerprint {
            return Ok(());
        }
        let (processes, environment) = (&self.session.processes, &self.session.environment);
        let checked = self.phone.check_fingerprint(processes, environment);
        checked.map_err(|why| {
            self.refused(&format!("not synced: {why}"))
                .hint("Try again, or set fingerprint = false under [sync]")
        })
    }

    fn ask(&self, connection: &Connection<'_>, presence: Presence) -> Reply {
        ask_one(&connection.gateway, Want::Status, presence, self.session)
    }

    fn report<'r>(&self, assessment: &'r Assessment) -> Result<&'r Report, Error> {
        signing_in::report(assessment)
    }

    /// The login to be brought over, and how OpenClaw stands.
    fn look(&self, connection: &Connection<'_>) -> Result<(Source, Assessment), Error> {
        let reply = self.ask(connection, Presence::AtTerminal);
        let there = reply.claude.clone();
        let before = assessment(&connection.gateway, reply);
        self.report(&before)?;
        let here = || on_this_device(self.session, before.now);
        let found = match self.from {
            Some(From::Phone) => here(),
            Some(From::Gateway) => on_gateway(there),
            None => on_gateway(there).or_else(|missing| {
                let elsewhere = here();
                // What is on this device matters only where there is something.
                if matches!(&elsewhere, Err((Fault::Missing | Fault::NoLogin, _))) {
                    return Err(missing);
                }
                if matches!(missing.0, Fault::Missing | Fault::NoLogin) {
                    elsewhere
                } else {
                    Err(missing)
                }
            }),
        };
        match found {
            Ok(source) => Ok((source, before)),
            Err((fault, place)) => Err(self.faulty(fault, &place)),
        }
    }

    fn faulty(&self, fault: Fault, place: &str) -> Error {
        let error = self.refused(&fault.what(place));
        match fault {
            Fault::Missing | Fault::NoLogin => {
                error.hint("Sign in there: clawtap reauth --method cli")
            }
            _ => error.hint(fault.next_step()),
        }
    }

    /// The same after Claude Code has renewed its login, if it had expired and the person wants that.
    fn renewed(
        &self,
        source: Source,
        before: Assessment,
        connection: &Connection<'_>,
    ) -> Result<(Source, Assessment), Error> {
        let since = -source.left;
        if source.left > TimeDelta::zero() || self.wish.form == Some(Form::Cli) || self.dry_run {
            return Ok((source, before));
        }
        let Some(person) = person(self.phone, self.session) else {
            return Err(self.expired(since));
        };
        let title = format!(
            "{}: Claude Code's login expired {} ago",
            self.gateway.name,
            spoken(since)
        );
        let choices = [
            "Let Claude Code renew it (claude -p)",
            "Sign in again",
            "Leave it",
        ];
        match person.choose(&title, &choices.map(String::from)) {
            Ok(Some(0)) => self.let_claude_renew(&source, connection)?,
            Ok(Some(1)) if source.from == From::Gateway => {
                self.sign_in_again(&before, connection)?;
            }
            Ok(Some(1)) => {
                return Err(self
                    .expired(since)
                    .hint("Sign in on this device: claude auth login"));
            }
            Ok(_) => {
                return Err(Error::new(
                    Kind::Declined,
                    format!("{}: not synced", self.gateway.name),
                )
                .hint("Everything is as it was"));
            }
            Err(_) => return Err(self.expired(since)),
        }
        let (source, before) = self.look(connection)?;
        if source.left <= TimeDelta::zero() {
            return Err(self.expired(-source.left));
        }
        Ok((source, before))
    }

    fn expired(&self, since: TimeDelta) -> Error {
        self.refused(&format!(
            "Claude Code's login expired {} ago",
            spoken(since)
        ))
        .hint("Sign in again: clawtap reauth --method cli")
    }

    fn let_claude_renew(&self, source: &Source, connection: &Connection<'_>) -> Result<(), Error> {
        let here = Gateway::local(self.gateway.name.clone());
        let gateway = match source.from {
            From::Gateway => &connection.gateway,
            From::Phone => &here,
        };
        tell(
            self.phone,
            &format!("{}: asking claude…", gateway.name),
            self.session,
        );
        let done = signing_in::run(gateway, &sign_in_plan::renew_claude(), &[], self.session)
            .map_err(|failure| lost(&failure, self.gateway))?;
        match done {
            errand::Done::Ran { exit: 0, .. } => Ok(()),
            errand::Done::Ran { said, .. } => {
                let words = last_line(&masking::masked(said.reveal()));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                Err(self
                    .refused(&format!("claude could not renew it{words}"))
                    .hint("Sign in again: clawtap reauth --method cli"))
            }
            errand::Done::TooOld | errand::Done::NoClaude => Err(self
                .refused("claude is not installed there")
                .hint("Sign in again: clawtap reauth --method cli")),
        }
    }

    fn sign_in_again(&self, before: &Assessment, connection: &Connection<'_>) -> Result<(), Error> {
        let order = Order {
            connection,
            route: &Route::ClaudeCli,
            before: before.report(),
            restart: cli::Restart::No,
            phone: self.phone,
            rules: &self.settings.sign_in,
            notification: self.settings.notification,
        };
        sign_in(&order, self.session).map(drop)
    }

    /// Has OpenClaw store the token; whether its gateway process must restart.
    fn hand_over(
        &self,
        source: &Source,
        profile: &Argument,
        connection: &Connection<'_>,
    ) -> Result<bool, Error> {
        let gateway = &connection.gateway;
        let said = match &source.token {
            Some(token) => {
                let left = source.left.num_seconds();
                let errand = sign_in_plan::paste_token(Some(profile), format!("{left}s"), gateway);
                let input = zeroize::Zeroizing::new(format!("{}\n", token.reveal()));
                let done = signing_in::run(gateway, &errand, input.as_bytes(), self.session)
                    .map_err(|failure| lost(&failure, gateway))?;
                match done {
                    errand::Done::Ran { exit: 0, said } => said,
                    errand::Done::Ran { said, .. } => {
                        return Err(self.not_stored(&masking::without(said.reveal(), token)));
                    }
                    errand::Done::TooOld | errand::Done::NoClaude => return Err(self.too_old()),
                }
            }
            None => {
                let order = sign_in_plan::hand_over(profile, source.expires_ms, gateway);
                let (processes, environment) = (&self.session.processes, &self.session.environment);
                let done = hand_over::run(gateway, &order, processes, environment)
                    .map_err(|failure| lost(&failure, gateway))?;
                match done {
                    Done::Ran { exit: 0, said } => said,
                    Done::Ran { said, .. } => {
                        return Err(self.not_stored(&masking::masked(said.reveal())));
                    }
                    Done::TooOld => return Err(self.too_old()),
                    Done::Fault(fault, place) => return Err(self.faulty(fault, place.as_str())),
                    Done::Changed => {
                        return Err(self
                            .refused("Claude Code renewed its login meanwhile")
                            .hint("Nothing was changed. Again: clawtap sync"));
                    }
                    Done::Expired => return Err(self.expired(TimeDelta::zero())),
                }
            }
        };
        Ok(session::wants_restart(said.reveal()))
    }

    fn not_stored(&self, said: &str) -> Error {
        let words = last_line(said).map_or_else(
            || "openclaw did not store it".to_owned(),
            |words| words.to_string(),
        );
        self.refused(&words)
            .hint("Everything is as it was. Look: clawtap status")
    }

    fn too_old(&self) -> Error {
        self.refused("its openclaw is too old to take a token")
            .hint("Update it to 2026.6 or later, or on the gateway: openclaw doctor")
    }

    /// Has OpenClaw run Claude Code itself; whether its gateway process must restart.
    fn use_cli(&self, connection: &Connection<'_>) -> Result<bool, Error> {
        let scene = Scene {
            connection,
            phone: self.phone,
            rules: &self.settings.sign_in,
            processes: &self.session.processes,
            environment: &self.session.environment,
            page_shown: &|_| {},
        };
        let program = sign_in_plan::use_cli(&connection.gateway);
        session::run(program, &scene)
            .map(|signed| signed.wants_restart)
            .map_err(|setback| explained(setback, &connection.gateway, self.session))
    }

    fn planned(&self, decision: &Decision) -> String {
        let command = match decision {
            Decision::Token { profile } => format!(
                "openclaw models auth paste-token --provider anthropic --profile-id {profile} < Claude Code's access token"
            ),
            _ => format!(
                "openclaw {}",
                sign_in_plan::use_cli(self.gateway).arguments.join(" ")
            ),
        };
        format!("would run: {command}")
    }

    /// Says once on this device what Anthropic says about it.
    fn tell_terms(&self) {
        let Some(folder) = self.session.environment.state_folder() else {
            return;
        };
        let told = folder.join("terms-told");
        if !files::is_there(&told) {
            terminal::say(TERMS);
            // Told again next time if this fails.
            let _ = files::write_private(&told, b"");
        }
    }

    fn synced(
        &self,
        result: &'static str,
        message: String,
        source: &Source,
        decision: &Decision,
        left: TimeDelta,
    ) -> Synced {
        Synced {
            schema: 1,
            gateway: self.gateway.name.to_string(),
            result,
            from: match source.from {
                From::Gateway => "gateway",
                From::Phone => "phone",
            },
            form: form_of(decision).word(),
            profile: match decision {
                Decision::Token { profile } => Some(profile.to_string()),
                _ => None,
            },
            valid_for_s: (left > TimeDelta::zero()).then(|| left.num_seconds()),
            message,
        }
    }
}

const fn form_of(decision: &Decision) -> Form {
    match decision {
        Decision::Cli => Form::Cli,
        _ => Form::Token,
    }
}

/// "23:10 (5 h 40 m)", or with the day where that is another one.
fn until(now: DateTime<Utc>, left: TimeDelta) -> String {
    let (now, end) = (clock::local(now), clock::local(now + left));
    let shown = if now.date_naive() == end.date_naive() {
        end.format("%H:%M")
    } else {
        end.format("%-d %b %H:%M")
    };
    format!("{shown} ({})", spoken(left))
}

fn on_gateway(found: Option<ClaudeSource>) -> Result<Source, (Fault, String)> {
    let Some(found) = found else {
        return Err((Fault::Missing, "Claude Code's login".into()));
    };
    let login = found
        .login
        .map_err(|fault| (fault, found.place.to_string()))?;
    Ok(Source {
        from: From::Gateway,
        expires_ms: login.expires_ms,
        left: login.left,
        token: None,
    })
}

fn on_this_device(session: &Session, now: DateTime<Utc>) -> Result<Source, (Fault, String)> {
    let environment = &session.environment;
    let folder = environment
        .path("CLAUDE_CONFIG_DIR")
        .or_else(|| Some(environment.home()?.join(".claude")));
    let Some(folder) = folder else {
        return Err((Fault::Missing, "HOME".into()));
    };
    let file = folder.join(claude::FILE);
    let place = environment.spelled(&file);
    let login = claude::read(&files::see(&file, claude::LARGEST));
    let login = login.map_err(|fault| (fault, place))?;
    Ok(Source {
        from: From::Phone,
        expires_ms: login.expires.timestamp_millis(),
        left: login.expires - now,
        token: Some(login.token),
    })
}

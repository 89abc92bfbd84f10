//! Signs in on a gateway: the program on its terminal, the storing, the restart, and the proof.

use chrono::TimeDelta;
use clap::ValueEnum;
use zeroize::Zeroizing;

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::app::{refresh, status_notification};
use crate::config::Config;
use crate::config::file::{Notification, SignIn};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::gateway::control_master::ControlMaster;
use crate::gateway::error::{ErrorKind, GatewayError, last_line};
use crate::gateway::exec::{self, Done};
use crate::gateway::host::Gateway;
use crate::gateway::script::{ExecRequest, Tool, Want};
use crate::hint::Hint;
use crate::phone::dialog::{NoAnswer, Person};
use crate::phone::{Phone, PhoneActions};
use crate::redact;
use crate::signin::argv::{self, Storing};
use crate::signin::lock::{Attempt, SignInLock};
use crate::signin::method::{Request, Route};
use crate::signin::pasted::{self, Shape};
use crate::signin::session::{self, SignInContext, SignInError, Signed};
use crate::signin::{api_key, ask_user, choose, verify};
use crate::status::assessment::{Assessment, Finding};
use crate::status::report::Report;
use crate::system::terminal;
use crate::text::Text;

pub(crate) fn may_be_stored() -> Hint {
    Hint::run("It may be stored. See", "clawtap status")
}

/// Whether OpenClaw's gateway process is restarted where it asks for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Restart {
    /// Restart it
    Yes,
    /// Leave it, and say how
    No,
    /// Ask; leave it if nobody answers
    Ask,
}

/// A sign-in that is to be done.
pub(crate) struct Order<'a> {
    pub(crate) connection: &'a ControlMaster<'a>,
    pub(crate) route: &'a Route,
    /// How it stood.
    pub(crate) before: Option<&'a Report>,
    pub(crate) restart: Restart,
    pub(crate) phone: &'a Phone,
    pub(crate) rules: &'a SignIn,
    pub(crate) notification: Notification,
    /// The right to sign in there, where whoever asks for it has it already.
    pub(crate) ticket: Option<&'a SignInLock>,
}

/// A sign-in that was done and checked.
pub(crate) struct Outcome {
    /// "home: signed in, valid for 364 d"
    pub(crate) line: String,
    /// How it stands now.
    pub(crate) assessment: Assessment,
}

/// Signs in to what is wrong or wished for on a gateway, over a connection of its own; nothing if nothing is.
pub(crate) fn mend(
    gateway: &Gateway,
    before: &Assessment,
    request: &Request,
    config: &Config,
    phone: &Phone,
    context: &Context,
) -> Result<Option<Outcome>, Error> {
    let connection = ControlMaster::prepare(gateway, &context.system);
    let Some(route) = choose::route(before, request, phone, context)? else {
        return Ok(None);
    };
    let order = Order {
        connection: &connection,
        route: &route,
        before: before.report(),
        restart: Restart::Ask,
        phone,
        rules: &config.sign_in,
        notification: config.notification,
        ticket: None,
    };
    sign_in(&order, context).map(Some)
}

/// Does it, and makes sure of it. Until the login is stored, the old one is as it was.
pub(crate) fn sign_in(order: &Order<'_>, context: &Context) -> Result<Outcome, Error> {
    let gateway = &order.connection.gateway;
    let taken;
    let ticket = match order.ticket {
        Some(ticket) => ticket,
        None => match SignInLock::of(&gateway.name, &context.system.environment)? {
            Attempt::Acquired(ticket) => {
                taken = ticket;
                &taken
            }
            Attempt::Busy(page) => return Err(under_way(order, page, context)),
        },
    };
    let shown = |page: &str| ticket.note(page);
    let scene = SignInContext {
        connection: order.connection,
        phone: order.phone,
        launcher: &context.launcher,
        rules: order.rules,
        system: &context.system,
        page_shown: &shown,
    };
    let signed = perform(order, &scene, context);
    let uninvited = PhoneActions {
        withdrawn: vec![session::invitation_id(gateway.name.as_str())],
        ..PhoneActions::default()
    };
    // Also when everything else was ended: what invites to a dead page must not stay.
    order.phone.tell(&uninvited, &context.system.unstoppable());
    let (promised, wants_restart) = signed.map_err(|error| explained(error, gateway, context))?;
    if wants_restart {
        restart(gateway, order.restart, order.phone, context);
    }
    let reply = ask_one(gateway, Want::Status, Interactive::No, context);
    let assessment = assessment(gateway, reply);
    let proof = verify::of(order.route, promised, order.before, &assessment);
    learned(&assessment, order.phone, order.notification, context);
    match proof {
        Ok(what) => Ok(Outcome {
            line: format!("{}: {what}", gateway.name),
            assessment,
        }),
        Err(what) => Err(
            Error::new(Kind::SignIn, format!("{}: {what}", gateway.name))
                .hint(Hint::run("See how it stands", "clawtap status")),
        ),
    }
}

/// Signs in and stores: how long it was promised to last, and whether the gateway process must restart.
fn perform(
    order: &Order<'_>,
    scene: &SignInContext<'_>,
    context: &Context,
) -> Result<(Option<TimeDelta>, bool), SignInError> {
    let gateway = &order.connection.gateway;
    tell(
        order.phone,
        &format!("{}: starting the sign-in…", gateway.name),
        context,
    );
    match (order.route, argv::on_terminal(order.route, gateway)) {
        (Route::ApiKey { provider, profile }, _) => {
            let secret = api_key::bring(provider.as_str(), scene)?;
            let storing = Storing::key(secret, provider, profile.as_ref(), gateway);
            Ok((None, store(storing, order, scene, context)?))
        }
        (Route::SetupToken { profile }, Some(program)) => {
            let signed = session::run(program, scene)?;
            let Some((token, days)) = signed.token else {
                return Err(SignInError::Failed(None));
            };
            // A narrow terminal cuts tokens, and nobody else notices until they are used.
            let token = pasted::check(&Shape::SetupToken, token.reveal(), None)
                .map_err(SignInError::BadToken)?;
            let days = days.unwrap_or(argv::SETUP_TOKEN_DAYS);
            let storing = Storing::token(token, profile.as_ref(), days, gateway);
            let wants_restart = store(storing, order, scene, context)?;
            Ok((Some(TimeDelta::days(days.into())), wants_restart))
        }
        (_, Some(program)) => {
            let Signed { wants_restart, .. } = session::run(program, scene)?;
            Ok((None, wants_restart))
        }
        (_, None) => Err(SignInError::Failed(None)),
    }
}

/// Has OpenClaw store a token or key; whether its gateway process must restart.
fn store(
    storing: Storing,
    order: &Order<'_>,
    scene: &SignInContext<'_>,
    context: &Context,
) -> Result<bool, SignInError> {
    let gateway = &order.connection.gateway;
    tell(
        order.phone,
        &format!("{}: storing it…", gateway.name),
        context,
    );
    let input = Zeroizing::new(format!("{}\n", storing.secret.reveal()));
    match run(gateway, &storing.errand, input.as_bytes(), context)
        .map_err(SignInError::LostStoring)?
    {
        Done::Ran { exit: 0, said } => Ok(session::wants_restart(said.reveal())),
        Done::Ran { said, .. } => {
            let said = redact::redact_known(said.reveal(), &storing.secret);
            Err(SignInError::Failed(last_line(&said)))
        }
        // It takes nothing from a pipe, but it does from a terminal.
        Done::TooOld | Done::NoClaude => Ok(session::run(storing.typed(), scene)?.wants_restart),
    }
}

pub(crate) fn run(
    gateway: &Gateway,
    errand: &ExecRequest,
    input: &[u8],
    context: &Context,
) -> Result<Done, GatewayError> {
    exec::run(gateway, errand, input, &context.system)
}

/// Restarts the gateway process, or says how, as the person wants it. The login is stored either way.
pub(crate) fn restart(gateway: &Gateway, restart: Restart, phone: &Phone, context: &Context) {
    let wanted = match restart {
        Restart::Yes => true,
        Restart::No => false,
        Restart::Ask => {
            let person = person(phone, context);
            let choices = ["Restart it", "Later"].map(String::from);
            let title = "OpenClaw must restart to use the new login";
            person.is_some_and(|person| person.choose(title, &choices) == Ok(Some(0)))
        }
    };
    if !wanted {
        terminal::eprint("Later, on the gateway: openclaw gateway restart\n");
        return;
    }
    tell(phone, &format!("{}: restarting…", gateway.name), context);
    let problem = match run(gateway, &argv::restart(), &[], context) {
        Ok(Done::Ran { exit: 0, .. }) => return,
        Ok(Done::Ran { said, .. }) => last_line(&redact::redact(said.reveal())),
        Ok(Done::TooOld | Done::NoClaude) => None,
        Err(failure) => failure
            .detail
            .or_else(|| Some(Text::clean(failure.kind.what()))),
    };
    let why = problem
        .map(|words| format!(": {words}"))
        .unwrap_or_default();
    tell(
        phone,
        &format!("{}: not restarted{why}", gateway.name),
        context,
    );
    terminal::eprint("→ On the gateway: openclaw gateway restart\n");
}

/// What a gateway reported; an error where it did not.
pub(crate) fn report(assessment: &Assessment) -> Result<&Report, Error> {
    match &assessment.finding {
        Finding::Judged(report, _) => Ok(report),
        Finding::Unknown(trouble) => {
            let what = format!("{}: {}", assessment.name, trouble.what);
            Err(Error::new(Kind::Gateway, what).hint(trouble.next_step.clone()))
        }
    }
}

/// The person, if there is one to be asked.
pub(crate) fn person<'a>(phone: &Phone, context: &'a Context) -> Option<Box<dyn Person + 'a>> {
    let reachable = matches!(phone, Phone::Termux) || context.terminal.is_interactive;
    reachable.then(|| ask_user::person(phone, &context.system))
}

/// A sign of life: a toast on a phone, a line in a terminal.
pub(crate) fn tell(phone: &Phone, text: &str, context: &Context) {
    let actions = PhoneActions {
        toast: text.to_owned(),
        ..PhoneActions::default()
    };
    phone.tell(&actions, &context.system);
    terminal::eprint(&format!("{text}\n"));
}

/// Brings up to date what else shows how it stands.
pub(crate) fn learned(
    assessment: &Assessment,
    phone: &Phone,
    wanted: Notification,
    context: &Context,
) {
    let only = std::slice::from_ref(assessment);
    if matches!(phone, Phone::Termux) {
        let standing = status_notification::after_check(only, wanted, context);
        phone.perform(&standing, &context.system);
    }
    refresh::refresh(only, context);
}

/// Somebody is at it: the page again, for whoever has lost it.
fn under_way(order: &Order<'_>, page: Option<String>, context: &Context) -> Error {
    let allowed = &order.rules.allowed_hosts;
    let page = page.filter(|page| crate::signin::url_policy::inspect(page, allowed).is_ok());
    let error = Error::new(
        Kind::SignIn,
        format!(
            "{}: a sign-in is under way already",
            order.connection.gateway.name
        ),
    );
    let error = match &page {
        Some(_) => error.hint("Its page was opened again"),
        None => error.hint("Wait for its page, or until it ends"),
    };
    let actions = PhoneActions {
        page,
        ..PhoneActions::default()
    };
    let said = order.phone.perform(&actions, &context.system);
    terminal::eprint(&said.shown);
    error
}

/// Why it came to nothing, and what to do next.
pub(crate) fn explained(setback: SignInError, gateway: &Gateway, context: &Context) -> Error {
    let name = &gateway.name;
    let sign_in = |what: &str| Error::new(Kind::SignIn, format!("{name}: {what}"));
    if context.system.processes.interrupted() {
        let hint = match setback {
            SignInError::LostStoring(_) => may_be_stored(),
            _ => "The old login is as it was".into(),
        };
        return Error::new(Kind::Interrupted, "interrupted").hint(hint);
    }
    match setback {
        SignInError::LostStoring(failure) => lost(&failure, gateway).hint(may_be_stored()),
        SignInError::Declined => Error::new(Kind::Declined, format!("{name}: not signed in"))
            .hint("The old login is as it was"),
        SignInError::Silent(NoAnswer::Timeout) => sign_in("nobody answered; the sign-in was ended")
            .hint(Hint::run("Again", "clawtap reauth")),
        SignInError::Silent(NoAnswer::Unavailable(reason)) => {
            sign_in(&reason).hint(Hint::run("In a terminal", "clawtap reauth"))
        }
        SignInError::Missing(Tool::Claude) => sign_in("claude is not installed there")
            .hint("Install Claude Code on the gateway, or sign in with another --method"),
        SignInError::Missing(Tool::OpenClaw) => {
            lost(&GatewayError::new(ErrorKind::NoOpenClaw), gateway)
        }
        SignInError::Lost(failure) => lost(&failure, gateway),
        SignInError::BadPage(reason) => sign_in(&format!("its page was not opened: {reason}"))
            .hint("The old login is as it was. Look on the gateway who asks for that page"),
        SignInError::UnknownHost(host) => sign_in(&format!(
            "its page was not opened: {host} is not known"
        ))
        .hint("If you trust it, name its host in allowed_hosts under [signin] in the config"),
        SignInError::BadToken(reason) => {
            sign_in(&reason).hint(Hint::run("Nothing was stored. Again", "clawtap reauth"))
        }
        SignInError::Failed(Some(words)) => sign_in(words.as_str()).hint(Hint::run(
            "The old login is as it was. Again",
            "clawtap reauth",
        )),
        SignInError::Failed(None) => sign_in("the sign-in ended without a word").hint(Hint::run(
            "The old login is as it was. Again",
            "clawtap reauth",
        )),
    }
}

pub(crate) fn lost(failure: &GatewayError, gateway: &Gateway) -> Error {
    let detail = failure.detail.as_ref();
    let detail = detail
        .map(|words| format!(" ({words})"))
        .unwrap_or_default();
    let what = failure.kind.what();
    Error::new(Kind::Gateway, format!("{}: {what}{detail}", gateway.name))
        .hint(failure.next_step(gateway))
}

//! The command line: clap's types and nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::signin::restart::Restart;
use crate::sync::decide::Form;
use crate::sync::source::SourceMachine;

/// One-tap OpenClaw sign-in health, from an Android home screen.
#[derive(Debug, Parser)]
#[command(name = "clawtap", version, about, max_term_width = 80, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

pub(crate) const EXIT_CODES: &str = "\
Exit codes of status, check, tap, guide
and monitor:
  0 ok, 1 expired, missing or unusable,
  2 expiring soon, 3 cannot tell.
Others:
  64 wrong usage, 70 bug,
  74 cannot read or write here,
  75 no alert could be delivered,
  78 bad configuration, 130 interrupted.";

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The configuration file [default: ~/.config/clawtap/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Tell more, such as where OpenClaw's verdict differs from its answer
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Status(Status),
    Check(Check),
    Tap(Tap),
    Guide(Guide),
    Reauth(Reauth),
    Sync(Sync),
    Monitor(Monitor),
    History(History),
    Widgets(Widgets),
    Doctor(Doctor),
    Demo(Demo),
    Completions(Completions),
    Man(Man),
}

/// Set up a gateway: connect, pin its host key, find openclaw, write the configuration
///
/// Run it again to add another gateway. It changes nothing on the gateway.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// A host, user@host or an ssh alias
    #[arg(value_name = "TARGET")]
    pub(crate) target: Option<String>,
    /// The gateway is this machine
    #[arg(long, conflicts_with_all = ["target", "port", "identity_file", "ssh_config"])]
    pub(crate) local: bool,
    /// What to call it [default: made from the host]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The port of its ssh server
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The key to sign in with
    #[arg(long, value_name = "FILE")]
    pub(crate) identity_file: Option<PathBuf>,
    /// An ssh configuration to use instead of ~/.ssh/config
    #[arg(long, value_name = "FILE")]
    pub(crate) ssh_config: Option<PathBuf>,
    /// Where openclaw is there, or a command in words: --openclaw docker --openclaw exec …
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) openclaw: Vec<String>,
    /// OpenClaw's agent id
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// OpenClaw's profile
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// Ask nothing: accept the host key that is shown
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// Which gateways a command is about.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only this gateway
    #[arg(short, long, value_name = "NAME", conflicts_with = "all")]
    pub(crate) gateway: Option<String>,
    /// Every configured gateway, whatever OPENCLAW_SERVER says
    #[arg(short, long)]
    pub(crate) all: bool,
}

/// Show what is signed in, until when, and what to do next
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How to show it
    #[arg(short, long, value_enum, default_value_t = Format::Full)]
    pub(crate) format: Format,
    /// Judge a document of `openclaw models status --json` instead of asking; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["gateway", "all"])]
    pub(crate) input: Option<PathBuf>,
    /// Put the phone's standing notifications right as well
    #[arg(short, long, conflicts_with = "input")]
    pub(crate) notify: bool,
    /// Draw how long every login lasts, as a PNG picture
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,
    /// Stay on the screen and ask again so often, until Ctrl-C [default: 60]
    #[arg(short, long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60", value_parser = clap::value_parser!(u32).range(1..=86400), conflicts_with_all = ["input", "notify", "image"])]
    pub(crate) watch: Option<u32>,
    /// Show what this device remembers, and how old that is; ask no gateway
    #[arg(long, conflicts_with_all = ["input", "notify", "watch"])]
    pub(crate) remembered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Full,
    /// One word, as upstream's script prints it
    Simple,
    /// For programs
    Json,
    /// OpenMetrics text
    Prometheus,
}

/// Say in one line whether all is well, for cron, systemd and shells
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Judge a document of `openclaw models status --json` instead of asking; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["gateway", "all"])]
    pub(crate) input: Option<PathBuf>,
    /// Judge what this device remembers, and tell how old that is; ask no gateway
    #[arg(long, conflicts_with = "input")]
    pub(crate) remembered: bool,
    /// Exit with 1 too when OpenClaw is known not to run there, or one of its channels is down; not in a container yet
    #[arg(long, conflicts_with = "input")]
    pub(crate) with_process: bool,
}

/// The quick widget: a toast, and the sign-in page if a login is broken
#[derive(Debug, Args)]
pub(crate) struct Tap {
    #[command(flatten)]
    pub(crate) which: Which,
}

/// The full widget: leads through what is wrong and what can be done, in dialogs or prompts
#[derive(Debug, Args)]
pub(crate) struct Guide {
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Sign in again: opens the page, takes the code, stores the login, and checks that it works
///
/// Without options it mends what is broken, or else what ends soon. The old login stays as it is until the new one
/// is stored.
///
/// Exit codes: 0 signed in, or nothing to do; 1 not signed in; 3 the gateway cannot be asked.
#[derive(Debug, Args)]
pub(crate) struct Reauth {
    /// On this gateway [default: the one where something is wrong]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) gateway: Option<String>,
    /// The provider, as OpenClaw calls it: anthropic, openai, …
    #[arg(short, long, value_name = "ID")]
    pub(crate) provider: Option<String>,
    /// The login, as OpenClaw calls it: anthropic:claude-code, …
    #[arg(long, value_name = "ID")]
    pub(crate) profile: Option<String>,
    /// How: setup-token, paste-token or cli (Anthropic's), api-key, device-code, browser, or a method of OpenClaw's own
    #[arg(short, long, value_name = "WORD")]
    pub(crate) method: Option<String>,
    /// Whether to restart OpenClaw's gateway process if it says that it must
    #[arg(long, value_enum, value_name = "ANSWER", default_value_t = Restart::Ask)]
    pub(crate) restart: Restart,
    /// Change nothing, show what would run
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// Bring Claude Code's login into OpenClaw; its refresh token is never copied
///
/// It is refused where OpenClaw has a login that lasts longer or renews itself. Wherever it is interrupted, OpenClaw
/// has either the old login or the new one.
///
/// Exit codes: 0 synced, or nothing to do; 1 not synced; 3 the gateway cannot be asked.
#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// On this gateway [default: the only one; of several it asks]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) gateway: Option<String>,
    /// Where Claude Code is signed in [default: the gateway, or else this device]
    #[arg(long, value_enum, value_name = "PLACE")]
    pub(crate) from: Option<SourceMachine>,
    /// What OpenClaw gets [default: token, unless it runs Claude Code already]
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: Option<Form>,
    /// The login in OpenClaw [default: anthropic:claude-code]
    #[arg(long, value_name = "ID")]
    pub(crate) profile: Option<String>,
    /// Also where OpenClaw has a login that lasts longer or renews itself
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Whether to restart OpenClaw's gateway process if it says that it must
    #[arg(long, value_enum, value_name = "ANSWER", default_value_t = Restart::Ask)]
    pub(crate) restart: Restart,
    /// Change nothing, show what would run
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Print what came of it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Check, compare with last time, and alert: once for each thing, in time, and again when it is over
///
/// Made for a timer, which `clawtap monitor install` sets up. It prints what it alerts about, and nothing else
/// unless a person watches.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Monitor {
    #[command(subcommand)]
    pub(crate) command: Option<MonitorCommand>,
    #[command(flatten)]
    pub(crate) run: MonitorRun,
}

#[derive(Debug, Args)]
pub(crate) struct MonitorRun {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Write metrics too, where Prometheus' node exporter collects text files
    #[arg(long, value_name = "FILE")]
    pub(crate) textfile: Option<PathBuf>,
    /// Alert nobody and count nothing as told, show what would be
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MonitorCommand {
    Install(MonitorInstall),
    Uninstall(MonitorUninstall),
    Status(MonitorStatus),
    TestAlert(TestAlert),
    Ntfy(MonitorNtfy),
}

/// Have it run every half hour from now on
#[derive(Debug, Args)]
pub(crate) struct MonitorInstall {
    #[command(flatten)]
    pub(crate) timer: TimerChoice,
    /// Minutes from one check to the next
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(5..=1440))]
    pub(crate) every: u32,
    /// Change nothing, show what would be
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// Take the timers away again, and nothing else
#[derive(Debug, Args)]
pub(crate) struct MonitorUninstall {
    #[command(flatten)]
    pub(crate) timer: TimerChoice,
    /// Change nothing, show what would be
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// Show which timers are set up, and whether they run
#[derive(Debug, Args)]
pub(crate) struct MonitorStatus {}

/// Which timer it is about.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct TimerChoice {
    /// A systemd timer of this user
    #[arg(long)]
    pub(crate) systemd: bool,
    /// A line in this user's crontab
    #[arg(long)]
    pub(crate) cron: bool,
    /// A job of Android, through Termux:API
    #[arg(long)]
    pub(crate) termux_job: bool,
}

/// Send a test through every channel, and tell which of them works
#[derive(Debug, Args)]
pub(crate) struct TestAlert {
    /// Only through this channel
    #[arg(short, long, value_name = "NAME")]
    pub(crate) channel: Option<String>,
}

/// Show how to receive the alerts with the ntfy app, as a QR code; makes a secret topic if there is none
#[derive(Debug, Args)]
pub(crate) struct MonitorNtfy {
    /// The server of a topic that is made now
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
}

/// Show how the logins came along, and when each alert went out, as `clawtap monitor` wrote it down
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Only this gateway
    #[arg(short, long, value_name = "NAME")]
    pub(crate) gateway: Option<String>,
    /// How many days back
    #[arg(short, long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub(crate) days: u16,
    /// The lines as they were written, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put clawtap on the phone's home screen, with Termux:Widget
#[derive(Debug, Args)]
pub(crate) struct Widgets {
    #[command(subcommand)]
    pub(crate) command: WidgetsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WidgetsCommand {
    Install(WidgetsInstall),
    Uninstall(WidgetsUninstall),
    List(WidgetsList),
}

/// Write the shortcuts and their icons, or bring them up to date
///
/// One set for all gateways, and one for each if there are several. No file is touched that somebody else wrote or
/// changed.
#[derive(Debug, Args)]
pub(crate) struct WidgetsInstall {
    /// Only the shortcuts of this gateway
    #[arg(short, long, value_name = "NAME")]
    pub(crate) gateway: Option<String>,
    /// Also a row for each gateway whose name is its state, renamed after every check
    #[arg(long)]
    pub(crate) live: bool,
    /// Change nothing, show what would be
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Replace files that somebody else wrote or changed, too
    #[arg(short, long)]
    pub(crate) force: bool,
}

/// Remove what was installed, and nothing else
#[derive(Debug, Args)]
pub(crate) struct WidgetsUninstall {
    /// Only the live rows
    #[arg(long)]
    pub(crate) live: bool,
    /// Change nothing, show what would be
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Remove files that were changed since, too
    #[arg(short, long)]
    pub(crate) force: bool,
}

/// Show what is installed, for which gateway, and whether it is intact
#[derive(Debug, Args)]
pub(crate) struct WidgetsList {}

/// Find what is wrong with the set-up, and say how to mend it
///
/// Looks at the configuration, ssh and its keys, each gateway, the phone and the channels for alerts. It changes
/// nothing without --fix, and sends nothing without --send-test.
///
/// Exit codes: 0 all is well, 1 something does not work, 2 only warnings.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Only this gateway
    #[arg(short, long, value_name = "NAME")]
    pub(crate) gateway: Option<String>,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Mend what can be mended safely: permissions
    #[arg(long)]
    pub(crate) fix: bool,
    /// Send a test through every channel for alerts
    #[arg(long)]
    pub(crate) send_test: bool,
}

/// Show everything on a built-in sample gateway; nothing is installed, asked or written
#[derive(Debug, Args)]
pub(crate) struct Demo {}

/// Print completions for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
pub(crate) struct Man {}

//! Whether a sign-in did what it promised, read from what OpenClaw says afterwards; pure.

use chrono::TimeDelta;

use crate::login::plan::{OWN_PROFILE, key_profile};
use crate::login::route::Route;
use crate::render::duration::spoken;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::Report;

/// How far OpenClaw's expiry may be from the promised one: programs round, and storing takes time.
const TOLERANCE: TimeDelta = TimeDelta::days(2);

/// Compares what OpenClaw says `after` a sign-in with how it was `before`, and with the lifetime that was promised.
///
/// # Errors
/// Why it cannot be called signed in, as the end of a sentence that begins with the gateway's name.
pub(crate) fn of(
    route: &Route,
    promised: Option<TimeDelta>,
    before: Option<&Report>,
    after: &Assessment,
) -> Result<String, String> {
    let report = match &after.finding {
        Finding::Judged(report, _) => report,
        Finding::Unknown(trouble) => {
            return Err(format!("signed in, but then: {}", trouble.what));
        }
    };
    let moment = report.moment(after.now);
    let login = fresh(route, report).ok_or("openclaw does not list the new login")?;
    let state = login.state(moment);
    let left = login.left_at(moment);
    if !state.works() {
        return Err(format!("openclaw still says {}", state.word()));
    }
    if let (Some(promised), Some(left)) = (promised, left) {
        if (promised - left).abs() > TOLERANCE {
            return Err(format!(
                "promised {}, but openclaw says {}",
                spoken(promised),
                spoken(left)
            ));
        }
    }
    // A program that was left in the middle may end as if all were well.
    let older = before.and_then(|before| {
        let known = fresh(route, before)?;
        (known.id == login.id).then(|| known.left_at(before.moment(after.now)))?
    });
    if matches!((older, left), (Some(older), Some(left)) if left <= older + TimeDelta::seconds(5)) {
        return Err("openclaw still has the old login".into());
    }
    Ok(match (state, left) {
        (State::Refreshable, _) => "signed in, renews itself".into(),
        (_, Some(left)) if login.renews_itself(report.warn_after) => {
            format!("signed in, {} and renews itself", spoken(left))
        }
        (_, Some(left)) => format!("signed in, valid for {}", spoken(left)),
        (_, None) if login.kind == LoginKind::ApiKey => "the key is stored".into(),
        (_, None) => "signed in".into(),
    })
}

/// The login that a sign-in makes or renews; of several the one that lasts longest.
fn fresh<'a>(route: &Route, report: &'a Report) -> Option<&'a Login> {
    let named = |id: &str| report.logins.iter().find(|login| login.id.as_str() == id);
    match route {
        Route::SetupToken { profile } => named(
            profile
                .as_ref()
                .map_or(OWN_PROFILE, |profile| profile.as_str()),
        ),
        Route::ClaudeCli => report.claude_code.as_ref(),
        Route::ApiKey { provider, profile } => match profile {
            Some(profile) => named(profile.as_str()),
            None => named(&key_profile(provider)),
        },
        Route::OpenClaw {
            provider, profile, ..
        } => match profile.as_ref().and_then(|profile| named(profile.as_str())) {
            Some(login) => Some(login),
            None => report
                .logins
                .iter()
                .filter(|login| login.provider.as_str() == provider.as_str())
                .max_by_key(|login| login.left),
        },
    }
}

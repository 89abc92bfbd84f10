//! This device: the configuration.

use crate::commands::Session;
use crate::doctor::configuration;
use crate::doctor::finding::Finding;
use crate::error::Error;
use crate::settings::{self, Settings};
use crate::system::files;

pub(super) fn examine(settings: &Result<Settings, Error>, session: &Session) -> Vec<Finding> {
    let environment = &session.environment;
    let path = match settings::config_path(session.config.as_deref(), environment) {
        Ok(path) => path,
        Err(error) => {
            let next = error.hint.unwrap_or_default();
            return vec![Finding::problem("configuration", error.message).next(next)];
        }
    };
    configuration::findings(&configuration::Facts {
        spelled: environment.spelled(&path),
        mode: files::mode(&path),
        gateways: match settings {
            Ok(settings) => Ok(settings.known.len()),
            Err(error) => match settings::read_config(&path, environment) {
                Ok(config) if config.gateways.is_empty() => Ok(0),
                _ => Err(error.clone()),
            },
        },
        path,
    })
}

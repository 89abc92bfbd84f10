//! This device: the configuration, ssh, and what is kept between runs.

use std::path::{Path, PathBuf};

use crate::alerts::state_file;
use crate::config::{self, Config};
use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::doctor::state::Folder;
use crate::doctor::{configuration, ssh, state as kept};
use crate::error::Error;
use crate::gateway::host::{Ssh, Transport};
use crate::gateway::ssh_client;
use crate::system::files;

/// More than a run writes, in bytes: an empty file is made where the disk is full as well.
const ENOUGH: usize = 256 * 1024;

pub(super) fn examine(config: &Result<Config, Error>, context: &Context) -> Vec<Finding> {
    let mut findings = of_configuration(config, context);
    if let Ok(config) = config {
        let ways = config.gateways.iter().map(|gateway| &gateway.transport);
        let ways: Vec<&Ssh> = ways
            .filter_map(|way| match way {
                Transport::Ssh(ssh) => Some(ssh),
                Transport::Local => None,
            })
            .collect();
        if !ways.is_empty() {
            findings.extend(of_ssh(&ways, context));
        }
        findings.extend(of_keeping(context));
    }
    findings
}

fn of_configuration(config: &Result<Config, Error>, context: &Context) -> Vec<Finding> {
    let environment = &context.system.environment;
    let path = match config::config_path(context.config_path.as_deref(), environment) {
        Ok(path) => path,
        Err(error) => {
            let next = error.hint.unwrap_or_default();
            return vec![Finding::problem("configuration", error.message).next(next)];
        }
    };
    configuration::findings(&configuration::Facts {
        spelled: environment.display_path(&path),
        mode: files::mode(&path),
        gateways: match config {
            Ok(config) => Ok(config.known.len()),
            Err(error) => match config::read_config(&path, environment) {
                Ok(config) if config.gateways.is_empty() => Ok(0),
                _ => Err(error.clone()),
            },
        },
        path,
    })
}

fn of_ssh(ways: &[&Ssh], context: &Context) -> Vec<Finding> {
    let (system, environment) = (&context.system, &context.system.environment);
    let folder = environment.home().map(|home| home.join(".ssh"));
    let mode = |path: &Path| files::mode(path).filter(|_| files::is_own(path));
    // Which permissions it refuses, ssh says best itself: some builds allow a person's own group.
    let refuses = |ssh: &&&Ssh| {
        let said = ssh_client::resolve(ssh, system).err();
        said.is_some_and(|said| said.contains("Bad owner or permissions"))
    };
    let refuses = || ways.iter().filter(|ssh| ssh.config.is_none()).find(refuses);
    let with_mode = |path: PathBuf| mode(&path).map(|mode| (path, mode));
    let config = folder.as_ref().map(|folder| folder.join("config"));
    let config = config
        .and_then(with_mode)
        .filter(|(_, mode)| mode & 0o022 != 0);
    ssh::findings(&ssh::Facts {
        version: ssh_client::version(system),
        in_termux: environment.termux_prefix().is_some(),
        folder: folder.and_then(with_mode),
        refused_config: config.filter(|_| refuses().is_some()),
    })
}

fn of_keeping(context: &Context) -> Vec<Finding> {
    let environment = &context.system.environment;
    let folder = |path: &Path| {
        Some(Folder {
            path: path.to_path_buf(),
            spelled: environment.display_path(path),
            mode: files::mode(path)?,
            is_own: files::is_own(path),
            takes_files: files::has_room(path, ENOUGH),
        })
    };
    kept::findings(&kept::Facts {
        state: environment
            .state_folder()
            .ok()
            .and_then(|path| folder(&path)),
        faults: state_file::fault(environment).into_iter().collect(),
    })
}

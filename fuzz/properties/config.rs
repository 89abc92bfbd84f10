//! Property of the configuration: any text.

use std::collections::BTreeSet;
use std::path::Path;

use crate::config::channel::ChannelKind;
use crate::config::{Config, file, gateway};
use crate::gateway::host::{Gateway, Name, Target, Transport};
use crate::gateway::script::{self, Want};
use crate::gateway::ssh_args::{self, BatchMode, CommandLine};

const HOME: &str = "/home/me";

/// Checks that an error has a line of the text, that the command lines of an accepted configuration are valid, and that
/// a gateway can be added to it.
///
/// # Panics
/// When that does not hold.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match file::parse(text, Some(Path::new(HOME))) {
        Ok(config) => {
            check(&config);
            add(text, config);
        }
        Err(mistake) => {
            let lines = 1 + text.matches('\n').count();
            assert!((1..=lines).contains(&mistake.line), "line {}", mistake.line);
            assert!(!mistake.message.trim().is_empty());
            for said in [Some(&mistake.message), mistake.hint.as_ref()] {
                let odd = said.filter(|said| said.contains(char::is_control));
                assert_eq!(odd, None);
            }
        }
    }
}

fn check(config: &Config) {
    let mut names = BTreeSet::new();
    for gateway in &config.gateways {
        assert!(names.insert(&gateway.name), "two of the same name");
        assert_eq!(
            Name::parse(gateway.name.as_str()).as_ref(),
            Ok(&gateway.name)
        );
        assert!((1..=600).contains(&gateway.limit.as_secs()));
        let program = script::status(gateway, Want::Status, "0123456789abcdef");
        let lines = [
            ssh_args::shell_on(&gateway.transport, BatchMode::On, &program),
            ssh_args::terminal_on(&gateway.transport, &program),
        ];
        for line in &lines {
            of_a_gateway(line, gateway);
        }
    }
    let mut channels = BTreeSet::new();
    for channel in &config.alerts.channels {
        assert!(channels.insert(&channel.name), "two of the same name");
        match &channel.kind {
            ChannelKind::Ntfy(ntfy) => {
                let place = format!("{}/{}", ntfy.server, ntfy.topic);
                let read = url::Url::parse(&place).expect("a topic has an address");
                assert_eq!(read.path(), format!("/{}", ntfy.topic), "{place}");
                assert_eq!((read.username(), read.password()), ("", None));
            }
            ChannelKind::Command(command) => assert!(!command.run[0].starts_with('-')),
            ChannelKind::Phone | ChannelKind::OpenClaw(_) | ChannelKind::Output => {}
        }
    }
    let hours = &config.alerts.warn_hours;
    assert!(hours.is_sorted_by(|a, b| a > b), "{hours:?}");
    assert!(config.sign_in.forward_from.is_loopback());
}

fn of_a_gateway(line: &CommandLine, gateway: &Gateway) {
    let words: Vec<&str> = line.arguments.iter().filter_map(|it| it.to_str()).collect();
    assert_eq!(words.len(), line.arguments.len(), "a word that is no text");
    assert!(words.iter().all(|word| !word.contains('\0')), "half a word");
    let Transport::Ssh(ssh) = &gateway.transport else {
        assert_eq!((line.program, words[0], words.len()), ("sh", "-c", 2));
        return;
    };
    let [options @ .., end, target, program] = &words[..] else {
        panic!("too few words: {words:?}");
    };
    assert_eq!(
        (line.program, *end, *target),
        ("ssh", "--", ssh.target.as_str())
    );
    assert!(!target.starts_with('-') && !target.contains(char::is_whitespace));
    assert_eq!(Target::parse(target).as_ref(), Ok(&ssh.target));
    assert!(program.starts_with("exec sh -c ") && !program.contains('\n'));
    // Every option is one letter, followed by its value.
    let mut options = options[1..].chunks(2);
    assert!(
        options.all(|option| option.len() == 2 && ["-o", "-F", "-p", "-i"].contains(&option[0]))
    );
}

/// Adds a gateway, and checks that everything else is unchanged.
fn add(text: &str, config: Config) {
    let Ok(target) = Target::parse("me@a-new-one.example") else {
        return;
    };
    let mut name = String::from("a-new-one");
    while config.gateways.iter().any(|it| it.name.as_str() == name) {
        name.push('x');
    }
    let Ok(name) = Name::parse(&name) else {
        return;
    };
    let gateway = Gateway::at(name, target);
    let longer = gateway::add(text, &gateway).expect("what can be read can be added to");
    let mut expected = config;
    expected.gateways.push(gateway.clone());
    expected.known.push(gateway);
    let read = file::parse(&longer, Some(Path::new(HOME)));
    assert_eq!(read, Ok(expected), "{longer}");
}

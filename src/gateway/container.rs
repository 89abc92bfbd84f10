//! The configured command when it runs OpenClaw in a container: which streams it connects; pure.
//!
//! `docker exec` (podman, nerdctl, `kubectl exec` too) has neither standard input nor a terminal without `-i` and
//! `-t`. `docker compose exec` has both unless `-T`, and fails with `-t` where there is no terminal.

/// The streams that a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streams {
    /// Standard output only.
    Output,
    /// Standard input, from a pipe.
    Input,
    Terminal,
}

/// Options of `exec` that take the next word as their value.
const WITH_VALUE: [&str; 14] = [
    "-e",
    "--env",
    "--env-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--detach-keys",
    "--index",
    "-n",
    "--namespace",
    "-c",
    "--container",
    "--context",
];
/// Options by which a person chose the streams.
const STREAMS: [&str; 9] = [
    "-i",
    "-t",
    "-it",
    "-ti",
    "--interactive",
    "--tty",
    "--stdin",
    "-T",
    "--no-TTY",
];

/// The configured command with the options of `exec` for these streams, instead of those that are there. Any other
/// command is returned unchanged.
pub(crate) fn with_streams(command: &[String], streams: Streams) -> Vec<String> {
    let Some(exec) = exec_at(command) else {
        return command.to_vec();
    };
    let is_compose = command[..exec].iter().any(|word| is_compose(word));
    let option = match (is_compose, streams) {
        (true, Streams::Output | Streams::Input) => Some("-T"),
        (true, Streams::Terminal) | (false, Streams::Output) => None,
        (false, Streams::Input) => Some("-i"),
        (false, Streams::Terminal) => Some("-it"),
    };
    let mut words = command[..=exec].to_vec();
    words.extend(option.map(String::from));
    let mut rest = command[exec + 1..].iter();
    while let Some(word) = rest.next() {
        if !word.starts_with('-') {
            words.push(word.clone());
            break;
        }
        if !STREAMS.contains(&word.as_str()) {
            words.push(word.clone());
        }
        if WITH_VALUE.contains(&word.as_str()) {
            words.extend(rest.next().cloned());
        }
    }
    words.extend(rest.cloned());
    words
}

/// The place of `exec` in a command that runs a program in a container.
fn exec_at(command: &[String]) -> Option<usize> {
    let exec = command.iter().position(|word| word == "exec")?;
    let before = &command[..exec];
    let program = before.iter().position(|word| runs_containers(word))?;
    let is_prefix = |word: &String| word.starts_with('-') || is_wrapper(word);
    // `sudo -u name docker`: the name is a value.
    let prefix = &before[..program];
    let all = prefix.iter().enumerate().all(|(place, word)| {
        is_prefix(word) || place.checked_sub(1).is_some_and(|it| prefix[it] == "-u")
    });
    all.then_some(exec)
}

fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or_default()
}

fn is_wrapper(word: &str) -> bool {
    ["sudo", "doas"].contains(&name(word))
}

fn is_compose(word: &str) -> bool {
    ["compose", "docker-compose", "podman-compose"].contains(&name(word))
}

fn runs_containers(word: &str) -> bool {
    let programs = [
        "docker",
        "podman",
        "nerdctl",
        "kubectl",
        "oc",
        "docker-compose",
        "podman-compose",
    ];
    programs.contains(&name(word))
}

#[cfg(test)]
mod tests {
    use super::{Streams, with_streams};

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn each_step_gets_the_streams_that_it_needs() {
        use Streams::{Input, Output, Terminal};
        let table = [
            (
                "docker exec box openclaw",
                Output,
                "docker exec box openclaw",
            ),
            (
                "docker exec box openclaw",
                Input,
                "docker exec -i box openclaw",
            ),
            (
                "docker exec box openclaw",
                Terminal,
                "docker exec -it box openclaw",
            ),
            (
                "docker exec -it box openclaw",
                Output,
                "docker exec box openclaw",
            ),
            (
                "docker exec -i -u me box openclaw",
                Terminal,
                "docker exec -it -u me box openclaw",
            ),
            (
                "docker exec -u me -it box openclaw",
                Output,
                "docker exec -u me box openclaw",
            ),
            (
                "sudo docker exec box openclaw",
                Input,
                "sudo docker exec -i box openclaw",
            ),
            (
                "sudo -n -u me podman exec box openclaw",
                Terminal,
                "sudo -n -u me podman exec -it box openclaw",
            ),
            (
                "docker compose exec box openclaw",
                Output,
                "docker compose exec -T box openclaw",
            ),
            (
                "docker compose exec -T box openclaw",
                Input,
                "docker compose exec -T box openclaw",
            ),
            (
                "docker compose exec -T box openclaw",
                Terminal,
                "docker compose exec box openclaw",
            ),
            (
                "docker compose -f a.yml exec -T box openclaw",
                Terminal,
                "docker compose -f a.yml exec box openclaw",
            ),
            (
                "docker-compose exec box openclaw",
                Input,
                "docker-compose exec -T box openclaw",
            ),
            (
                "kubectl exec -n ns deploy/box -- openclaw",
                Input,
                "kubectl exec -i -n ns deploy/box -- openclaw",
            ),
            (
                "docker exec box openclaw -t",
                Output,
                "docker exec box openclaw -t",
            ),
            (
                "/usr/bin/podman --remote exec box openclaw",
                Terminal,
                "/usr/bin/podman --remote exec -it box openclaw",
            ),
            ("/opt/openclaw", Terminal, "/opt/openclaw"),
            ("/opt/exec/openclaw", Terminal, "/opt/exec/openclaw"),
            ("exec openclaw", Terminal, "exec openclaw"),
            ("env A=b openclaw", Input, "env A=b openclaw"),
            ("my-exec exec openclaw", Input, "my-exec exec openclaw"),
            (
                "proot-distro login debian -- openclaw",
                Input,
                "proot-distro login debian -- openclaw",
            ),
        ];
        for (command, streams, expected) in table {
            let got = with_streams(&words(command), streams);
            assert_eq!(got.join(" "), expected, "{command} {streams:?}");
            assert_eq!(with_streams(&got, streams), got, "it is there once");
        }
    }
}

//! Connections that fail, each with its own word, advice and exit code.

use std::net::{Ipv4Addr, TcpListener};

use crate::support::{
    Clawtap, GatewayHome, Sshd, expect_none_left, processes_of, program, wait_until,
};

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// clawtap with a gateway on a port of this machine where no sshd of ours is.
fn reaching_port(port: u16) -> Clawtap {
    Clawtap::new()
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .config(&format!(
            "[[gateway]]\nname = \"home\"\nssh = \"127.0.0.1\"\nport = {port}\n\
             ssh_config = \"/dev/null\"\n"
        ))
}

/// Runs `check` and expects to be told this, and nothing from the gateway.
#[track_caller]
fn expect_failure(clawtap: Clawtap, line: &str, remarks: &str) {
    let ran = clawtap.args(["check"]).run().stdout(line).status(3);
    pretty_assertions::assert_eq!(ran.stderr, remarks);
}

#[test]
fn a_closed_port_is_told_from_a_host_that_is_off() {
    // Nobody listens on tcpmux's port.
    let remarks = "home: ssh: connect to host 127.0.0.1 port 1: Connection refused\n\
                   home: → Is sshd running there, and the port right?\n";
    expect_failure(reaching_port(1), "home: no ssh server answers\n", remarks);
}

#[test]
fn a_refused_key_is_said_so() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.refuse_the_key();
    let user = std::process::Command::new(program("id"))
        .arg("-un")
        .output()
        .expect("id starts");
    let user = String::from_utf8(user.stdout).expect("UTF-8");
    let remarks = format!(
        "home: {user}@127.0.0.1: Permission denied (publickey).\n\
         home: → Allow this device's key: ssh-copy-id -p {port} 127.0.0.1\n",
        user = user.trim(),
        port = sshd.port(),
    );
    let line = "home: refuses this device's key\n";
    expect_failure(sshd.clawtap(), line, &remarks);
    assert_eq!(gateway.calls(), "");
}

#[test]
fn a_changed_host_key_is_an_alarm_and_nothing_is_sent() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.change_host_key();
    let remarks = format!(
        "home: Host key verification failed.\n\
         home: → Somebody may be listening in, or it was reinstalled. Ask its owner first; \
         only then: ssh-keygen -R '[127.0.0.1]:{}'\n",
        sshd.port(),
    );
    expect_failure(sshd.clawtap(), "home: HOST KEY HAS CHANGED\n", &remarks);
    assert_eq!(gateway.calls(), "");
}

#[test]
fn an_unknown_host_key_is_never_accepted() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.forget_host_key();
    let line = "home: its host key is not known yet\n";
    let ran = sshd.clawtap().args(["check"]).run().stdout(line).status(3);
    let advice =
        "home: Host key verification failed.\nhome: → Look at it and pin it: clawtap init ";
    assert!(ran.stderr.starts_with(advice), "{}", ran.stderr);
    assert_eq!(sshd.known_hosts(), "");
    assert_eq!(gateway.calls(), "");
}

#[test]
fn a_server_that_never_speaks_is_given_up_on() {
    // Connections wait in its queue and nobody ever answers them.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let ran = reaching_port(port).args(["check"]).run();
    let ran = ran.stdout("home: does not respond\n").status(3);
    let advice =
        format!("home: → Is it on, and this device online? Try: ssh -p {port} 127.0.0.1\n");
    assert!(ran.stderr.ends_with(&advice), "{}", ran.stderr);
}

#[test]
fn a_connection_that_drops_in_mid_answer_gives_no_verdict() {
    let gateway = GatewayHome::new()
        .document("2026.9.6/token_ok_am")
        // The answer arrives before the connection drops.
        .first("trap 'sleep 1; : >\"$HOME/answered\"; sleep 300' EXIT");
    let sshd = Sshd::of(&gateway).start();
    let clawtap = sshd.clawtap().args(["check"]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(|| gateway.path().join("answered").exists());
            sshd.hang_up();
        });
        let line = "home: the connection broke off\n";
        let ran = clawtap.run().stdout(line).status(3);
        assert!(
            ran.stderr.ends_with("home: → Try again.\n"),
            "{}",
            ran.stderr
        );
    });
}

#[test]
fn a_whole_answer_counts_whatever_the_session_exits_with() {
    // 255 is what ssh itself exits with when it fails.
    let gateway = gateway().file("session-exit", "255");
    let sshd = Sshd::of(&gateway).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran
        .status(0)
        .stdout("home: ok, anthropic 299 d left\n")
        .stderr("");
}

#[test]
fn an_openclaw_that_exits_with_255_is_not_taken_for_a_failure_of_ssh() {
    let gateway = GatewayHome::new().exit("255");
    let sshd = Sshd::of(&gateway).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.status(3).stdout("home: openclaw says nothing\n");
}

#[test]
fn a_login_shell_that_runs_nothing_is_said_so() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).login_shell("false").start();
    let remarks = format!(
        "home: → Its login shell must run commands. Try: ssh -p {} 127.0.0.1 true\n",
        sshd.port()
    );
    let line = "home: logs us in but runs no commands\n";
    expect_failure(sshd.clawtap(), line, &remarks);
}

#[test]
fn ctrl_c_ends_with_130_and_leaves_no_ssh_behind() {
    let gateway = GatewayHome::new().first(": >\"$HOME/answering\"; sleep 300");
    let sshd = Sshd::of(&gateway).start();
    let clawtap = sshd.clawtap().args(["check"]);
    let mut command = clawtap.command();
    let mut child = command
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    assert!(wait_until(|| gateway.path().join("answering").exists()));
    let running = processes_of(clawtap.home());
    assert_eq!(running.len(), 2, "clawtap and its ssh: {running:?}");
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it runs");
    // Long before openclaw's own limit.
    let mut status = None;
    let ended = wait_until(|| {
        status = child.try_wait().expect("our child");
        status.is_some()
    });
    assert!(ended, "it goes on");
    assert_eq!(status.and_then(|status| status.code()), Some(130));
    expect_none_left(clawtap.home());
}

//! What a question sends: the shell program for the gateway, as ssh gets it.

use std::fs;

use crate::support::{Clawtap, GatewayHome};
use crate::table::{Row, Table};

/// The same before comments, indentation and kept answers went.
const BEFORE: &str = "23863 B";

pub(crate) fn measure(table: &mut Table) {
    // In the place of ssh: its last argument is what is sent.
    let counter = "#!/bin/sh\nfor sent; do :; done\nprintf %s \"$sent\" | wc -c >\"$HOME/sent\"\n";
    let clawtap = Clawtap::with(&GatewayHome::new()).file("bin/ssh", counter);
    let bin = clawtap.home().join("bin");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(bin.join("ssh"), executable).expect("our file");
    let clawtap = clawtap.path(&[&bin, "/usr/bin".as_ref(), "/bin".as_ref()]);
    let clawtap = clawtap.args(["check"]);
    let output = clawtap.command().output();
    assert_eq!(output.expect("clawtap starts").status.code(), Some(3));
    let sent = fs::read_to_string(bin.with_file_name("sent")).expect("it was counted");
    table.add(&Row {
        what: "bytes that a `check` sends as its program",
        link: String::new(),
        ours: format!("{} B", sent.trim()),
        beside: "before",
        theirs: BEFORE.into(),
        outcome: String::new(),
        aim: "12000 B",
    });
}

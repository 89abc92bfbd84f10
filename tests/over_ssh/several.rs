//! Several gateways at once.

use crate::support::{Clawtap, GatewayHome, Sshd};

#[test]
fn gateways_are_asked_at_the_same_time_and_told_in_their_order() {
    let home = GatewayHome::new().document("2026.9.6/token_ok_am");
    let work = GatewayHome::new().document("2026.9.6/token_expiring_am");
    // Each answers only once the other has been asked as well.
    let meeting = |own: &GatewayHome, other: &GatewayHome| {
        format!(
            ": >'{}/asked'; until [ -e '{}/asked' ]; do sleep 0.05; done",
            own.path().display(),
            other.path().display()
        )
    };
    let (at_home, at_work) = (meeting(&home, &work), meeting(&work, &home));
    let (home, work) = (home.first(&at_home), work.first(&at_work));
    let (to_home, to_work) = (Sshd::of(&home).start(), Sshd::of(&work).start());
    let _ = Clawtap::new()
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .config(&(to_home.table("home") + &to_work.table("work")))
        .args(["check", "--all"])
        .run()
        .status(2)
        .stdout("home: ok, anthropic 299 d left\nwork: anthropic expires in 4 h 59 m\n");
}

//! A real ssh and a real sshd between clawtap and a gateway.

mod control_master;
mod failures;
mod layouts;
mod limits;
mod login_shells;
mod looking;
mod several;
mod stores;

use crate::support::{GatewayHome, Sshd};

#[test]
fn status_and_check_ask_over_one_connection() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let sshd = Sshd::of(&gateway).start();
    let _ = sshd
        .clawtap()
        .args(["check"])
        .run()
        .status(2)
        .stdout("home: anthropic expires in 4 h 59 m\n");
    assert_eq!(sshd.connections(), 1);
    assert_eq!(gateway.calls(), "models status --json --check\n");
    let ran = sshd.clawtap().args(["status"]).run().status(2).stderr("");
    let first = ran.stdout.lines().next();
    assert_eq!(first, Some("! home  anthropic expires in 4 h 59 m"));
    assert_eq!(sshd.connections(), 2);
}

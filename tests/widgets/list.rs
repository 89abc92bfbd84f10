//! The list of what is installed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pretty_assertions::assert_eq;

use crate::support::Phone;

#[test]
fn the_list_tells_what_is_there_and_whether_it_is_intact() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let said = phone.run("widgets list").status(0).stderr("");
    assert_eq!(
        said.stdout,
        "Nothing is installed.\n→ clawtap widgets install\n"
    );
    let _ = phone.run("widgets install --live").status(0);
    let said = phone.run("widgets list").status(0).stderr("");
    assert_eq!(
        said.stdout,
        "\
For all gateways:
  OpenClaw
  OpenClaw guide
  OpenClaw status
  OpenClaw sign in
  OpenClaw sync
For home:
  home: check
  home: guide
  home: status
  home: sign in
  home: sync
  ? home · tap to check (live)
For office:
  office: check
  office: guide
  office: status
  office: sign in
  office: sync
  ? office · tap to check (live)
✓ all as installed
"
    );
    phone.write(".shortcuts/home: guide", "mine");
    fs::remove_file(phone.path(".shortcuts/icons/office: status.png")).unwrap();
    let unusable = fs::Permissions::from_mode(0o600);
    fs::set_permissions(phone.path(".shortcuts/tasks/OpenClaw"), unusable).unwrap();
    let said = phone.run("widgets list").status(0).stderr("");
    for part in [
        "  OpenClaw\n    ✗ ~/.shortcuts/tasks/OpenClaw cannot be run\n",
        "  home: guide\n    ✗ ~/.shortcuts/home: guide was changed since\n",
        "  office: status\n    ✗ ~/.shortcuts/icons/office: status.png is missing\n",
        "\n→ To repair: clawtap widgets install\n",
    ] {
        assert!(said.stdout.contains(part), "{}", said.stdout);
    }
}

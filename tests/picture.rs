//! The picture: `status --image`, and what a notification carries. How it looks is tested beside its source.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Clawtap, GatewayHome};

const PICTURE: &str = ".local/state/clawtap/pictures/home.png";

/// Width and height of a PNG file that can be read to its end.
fn size(file: &Path) -> (u32, u32) {
    let bytes = std::fs::read(file).expect("a picture");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .expect("a PNG file");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut pixels).expect("a whole PNG file");
    (frame.width, frame.height)
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("it is there").permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn with_pictures(gateway: &GatewayHome) -> Clawtap {
    Clawtap::new()
        .config(
            "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n[notification]\npicture = true\n",
        )
        .reaching(gateway)
        .on_a_phone()
}

#[test]
fn status_draws_into_a_private_file_and_says_what_it_always_says() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let simple = ["status", "--format", "simple"];
    let plain = Clawtap::with(&gateway).args(simple).run();
    for before in ["new", "replaced"] {
        let mut clawtap = Clawtap::with(&gateway).args(simple);
        if before == "replaced" {
            clawtap = clawtap.file("out/logins.png", "an older picture");
        } else {
            clawtap = clawtap.file("out/other", "");
        }
        let ran = clawtap.args(["--image", "out/logins.png"]).run();
        let ran = ran.status(2).stdout(&plain.stdout).stderr("");
        let file = ran.home().join("out/logins.png");
        assert_eq!(size(&file).0, 720);
        assert_eq!(mode(&file), 0o600);
        assert!(names(&ran.home().join("out")).len() <= 2, "left behind");
    }
}

#[test]
fn a_saved_document_and_several_gateways_can_be_drawn_too() {
    let document = crate::support::fixture("corpus/2026.9.6/token_expired_am.json");
    let ran = Clawtap::new()
        .args(["status", "--image", "logins.png", "--input"])
        .args([document])
        .run()
        .status(1)
        .stderr("");
    let one = size(&ran.home().join("logins.png"));
    let (gateway, config) = crate::several_gateways::gateways(&[
        ("home", Some("token_ok_am")),
        ("office", Some("token_expired_am")),
    ]);
    let ran = Clawtap::new()
        .config(&config)
        .reaching(&gateway)
        .args(["status", "--image", "logins.png"])
        .run()
        .status(1)
        .stderr("");
    let two = size(&ran.home().join("logins.png"));
    assert!(two.0 == one.0 && two.1 > one.1, "{one:?} {two:?}");
}

#[test]
fn where_no_picture_can_be_written_it_says_why() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let table = [
        (
            "nowhere/logins.png",
            "there is no folder nowhere\n→ Make it first, or name another file",
        ),
        (
            "folder",
            "folder is not a file\n→ Name a file for the picture, such as logins.png",
        ),
        (
            "socket",
            "socket is not a file\n→ Name a file for the picture, such as logins.png",
        ),
        (
            "file/logins.png",
            "there is no folder file\n→ Make it first, or name another file",
        ),
        (
            "/proc/logins.png",
            "cannot write /proc/logins.png: No such file or directory (os error 2)\n→ Name a file in a folder of yours",
        ),
    ];
    for (path, message) in table {
        let clawtap = Clawtap::with(&gateway)
            .file("folder/x", "")
            .file("file", "kept");
        let socket = clawtap.home().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a fresh folder");
        let ran = clawtap
            .args(["status", "--format", "simple", "--image", path])
            .run()
            .status(74)
            .stdout("OK\n");
        // The system names the temporary file that it would not make.
        let stderr = ran.stderr.split(" at path ").next().unwrap_or_default();
        let expected = format!("clawtap: {message}\n");
        assert!(
            ran.stderr == expected || expected.starts_with(stderr),
            "{path}: {}",
            ran.stderr
        );
        assert_eq!(ran.file("file"), Some("kept".into()));
        assert!(!socket.is_file(), "replaced");
    }
}

#[test]
fn a_notification_carries_a_private_picture_that_the_next_one_replaces() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    for command in [&["tap"][..], &["status", "--notify"]] {
        let clawtap = with_pictures(&gateway).args(command);
        for _ in 0..2 {
            let output = clawtap.command().output().expect("it starts");
            let stderr = String::from_utf8_lossy(&output.stderr);
            // A tap ends with a sign-in.
            let silent = stderr.is_empty() || stderr.starts_with("home: starting the sign-in…\n");
            assert!(silent && output.status.code() == Some(1), "{stderr}");
        }
        let file = clawtap.home().join(PICTURE);
        let log = clawtap.home().join("log/termux-notification");
        let log = std::fs::read_to_string(log).expect("a notification");
        let option = format!(" --image-path {} ", file.display());
        assert_eq!(log.matches(&option).count(), 2, "{log}");
        let (width, height) = size(&file);
        assert!(width == 720 && height <= 400, "{width} x {height}");
        assert_eq!(mode(&file), 0o600);
        let folder = file.parent().expect("a folder");
        assert_eq!(mode(folder), 0o700);
        assert_eq!(names(folder), ["home.png"]);
    }
}

#[test]
fn a_picture_that_cannot_be_kept_does_not_keep_the_notification_away() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let ran = with_pictures(&gateway)
        .file(".local/state/clawtap", "a file where a folder should be")
        .args(["status", "--format", "simple", "--notify"])
        .run()
        .status(1);
    assert!(
        ran.stderr.starts_with(
            "clawtap: cannot keep the picture ~/.local/state/clawtap/pictures/home.png: Not a directory"
        ),
        "{}",
        ran.stderr
    );
    let log = ran.log("termux-notification");
    assert!(log.contains("--id clawtap-home"), "{log}");
    assert!(!log.contains("--image-path"), "{log}");
}

#[test]
fn without_the_setting_nothing_is_drawn() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let ran = Clawtap::with(&gateway)
        .on_a_phone()
        .args(["tap"])
        .run()
        .status(1);
    assert!(!ran.home().join(PICTURE).exists());
    assert!(!ran.home().join(".local/state/clawtap/pictures").exists());
    assert!(!ran.log("termux-notification").contains("--image-path"));
}

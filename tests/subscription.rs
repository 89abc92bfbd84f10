//! `monitor ntfy`: a topic is made where there is none, and shown to a phone.

use std::os::unix::fs::PermissionsExt;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, Phone};

const CONFIG: &str = ".config/clawtap/config.toml";
const NEW: &str = "A new topic is in ~/.config/clawtap/config.toml.\n\
                   Whoever knows it can read the alerts and\n\
                   send some: keep it like a password.\n\n";

fn ntfy() -> Clawtap {
    Clawtap::new().args(["monitor", "ntfy"])
}

/// The topic that this link leads to, which nobody guesses.
#[track_caller]
fn secret_topic(link: &str, server: &str) -> String {
    let topic = link.trim_end().strip_prefix(server).expect(link);
    let random = topic.strip_prefix("/clawtap-").expect(link);
    let hexadecimal = random.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(random.len() == 32 && hexadecimal, "{link}");
    topic[1..].to_owned()
}

#[test]
fn without_a_topic_a_secret_one_is_made_once() {
    let ran = ntfy().run().status(0).stderr(NEW);
    let topic = secret_topic(&ran.stdout, "ntfy://ntfy.sh");
    let config = format!("[alerts.ntfy]\ntopic = \"{topic}\"\n");
    assert_eq!(ran.file(CONFIG).as_deref(), Some(config.as_str()));
    let mode = ran.home().join(CONFIG).metadata().unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let again = ntfy().config(&config).run().status(0).stderr("");
    assert_eq!(again.file(CONFIG), Some(config));
    assert_eq!(again.stdout, ran.stdout);
    let another = ntfy().run().status(0);
    assert_ne!(another.stdout, ran.stdout);
}

#[test]
fn a_configuration_keeps_what_is_in_it() {
    let before = "# mine\n[alerts] # loud\nwarn_hours = [9]\n\n[[gateway]]\nname = \"a\" # first\nlocal = true\n# end\n";
    let ran = ntfy().config(before).run().status(0).stderr(NEW);
    let topic = secret_topic(&ran.stdout, "ntfy://ntfy.sh");
    let after = ran.file(CONFIG).unwrap();
    let table = format!("\n[alerts.ntfy]\ntopic = \"{topic}\"\n");
    assert_eq!(after.replacen(&table, "", 1), before);
}

#[test]
fn a_table_without_a_topic_gets_one_as_its_complaint_says() {
    let config =
        "[[gateway]]\nname = \"a\"\nlocal = true\n[alerts.ntfy]\nurl = \"http://10.0.0.1\"\n";
    let complaint = Clawtap::new()
        .args(["check"])
        .config(config)
        .run()
        .status(78);
    assert!(
        complaint
            .stderr
            .ends_with("→ Make one: clawtap monitor ntfy\n"),
        "{}",
        complaint.stderr
    );
    let ran = ntfy().config(config).run().status(0).stderr(NEW);
    let link = ran.stdout.replace("?secure=false", "");
    let topic = secret_topic(&link, "ntfy://10.0.0.1");
    let after = format!("{config}topic = \"{topic}\"\n");
    assert_eq!(ran.file(CONFIG), Some(after));
}

#[test]
fn a_program_gets_the_links_of_every_topic_and_nothing_else() {
    let config = "[[alerts.ntfy]]\ntopic = \"one\"\n\
                  [[alerts.ntfy]]\ntopic = \"two\"\nurl = \"http://127.0.0.1:8080/\"\n";
    let _ = ntfy()
        .config(config)
        .env("NOTIFY_NTFY", "ntfy.example/three")
        .run()
        .status(0)
        .stdout(
            "ntfy://ntfy.sh/one\nntfy://127.0.0.1:8080/two?secure=false\nntfy://ntfy.example/three\n",
        )
        .stderr("");
    let alone = ntfy()
        .env("NOTIFY_NTFY", "three")
        .run()
        .status(0)
        .stderr("");
    assert_eq!(alone.file(CONFIG), None, "a topic is there");
    let _ = alone.stdout("ntfy://ntfy.sh/three\n");
}

#[test]
fn a_person_gets_a_code_to_scan() {
    let clawtap = ntfy().config("[alerts.ntfy]\ntopic = \"one\"\n");
    let (code, screen) = clawtap.run_in_terminal("");
    let lines: Vec<_> = screen.lines().collect();
    let square =
        |line: &&&str| line.starts_with("\x1b[38;5;16;48;5;231m") && line.ends_with("\x1b[0m");
    let drawn = lines.iter().take_while(square).count();
    assert!((code, drawn) == (0, 17), "{screen}");
    assert_eq!(
        lines[drawn..],
        [
            "ntfy://ntfy.sh/one",
            "",
            "Scan it with the camera of a phone that has the ntfy app.",
            "Or subscribe by hand, in the app or a browser:",
            "  https://ntfy.sh/one",
            "Then try it: clawtap monitor test-alert",
        ]
    );
}

#[test]
fn a_person_tells_several_topics_apart() {
    let config =
        "[[alerts.ntfy]]\ntopic = \"one\"\nname = \"mine\"\n[[alerts.ntfy]]\ntopic = \"two\"\n";
    let (code, screen) = ntfy().config(config).run_in_terminal("");
    let plain = screen.lines().filter(|line| !line.contains('\x1b'));
    let titles: Vec<_> = plain.filter(|line| !line.contains(' ')).collect();
    let expected = [
        "mine",
        "ntfy://ntfy.sh/one",
        "",
        "",
        "ntfy-2",
        "ntfy://ntfy.sh/two",
        "",
    ];
    assert_eq!((code, &titles[..]), (0, &expected[..]), "{screen}");
}

#[test]
fn a_phone_opens_what_it_cannot_scan() {
    let clawtap = Clawtap::new().config("[alerts.ntfy]\ntopic = \"one\"\n");
    let phone = Phone::new(clawtap, &[]).into_clawtap();
    let (code, screen) = phone.args(["monitor", "ntfy"]).run_in_terminal("");
    assert_eq!(code, 0, "{screen}");
    let open = "\nFor the app on this phone:\n  termux-open-url 'ntfy://ntfy.sh/one'\n";
    assert!(screen.contains(open), "{screen}");
}

#[test]
fn a_new_topic_can_be_on_another_server_and_an_old_one_stays_where_it_is() {
    let at = |server: &str| ntfy().args(["--server", server]);
    let ran = at("https://ntfy.example/").run().status(0).stderr(NEW);
    let topic = secret_topic(&ran.stdout, "ntfy://ntfy.example");
    let config = format!("[alerts.ntfy]\nurl = \"https://ntfy.example\"\ntopic = \"{topic}\"\n");
    assert_eq!(ran.file(CONFIG).as_deref(), Some(config.as_str()));

    let there = "clawtap: --server is for a new topic; there is one\n\
                 → See [alerts.ntfy] in ~/.config/clawtap/config.toml, or NOTIFY_NTFY\n";
    let ran = at("https://b.example").config(&config).run().status(64);
    let ran = ran.stdout("").stderr(there);
    assert_eq!(ran.file(CONFIG), Some(config));
    let ran = at("https://b.example").env("NOTIFY_NTFY", "one").run();
    let _ = ran.status(64).stdout("").stderr(there);

    let unfinished = "[alerts.ntfy]\nurl = \"https://a.example\"\n";
    let ran = at("https://b.example").config(unfinished).run().status(64);
    let ran = ran.stdout("").stderr(
        "clawtap: --server is for a new topic; [alerts.ntfy] has a url\n\
         → See ~/.config/clawtap/config.toml, or leave --server out\n",
    );
    assert_eq!(ran.file(CONFIG).as_deref(), Some(unfinished));
}

#[test]
fn what_is_no_server_is_refused_before_anything_is_written() {
    for server in [
        "ntfy.sh",
        "ftp://ntfy.sh",
        "https://a:b@ntfy.sh",
        "https://ntfy.sh/topic",
        "",
    ] {
        let ran = ntfy()
            .args(["--server", server])
            .run()
            .status(64)
            .stdout("");
        assert!(
            ran.stderr.starts_with("clawtap: --server is not usable: "),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.file(CONFIG), None);
    }
}

#[test]
fn a_configuration_with_a_mistake_is_left_alone() {
    let table = [
        ("[signin]\nhosts = []\n", "line 2: unknown key `hosts`"),
        ("[[gateway]\n", "line 1: "),
        ("[alerts]\nntfy = 7\n", "line 2: "),
    ];
    for (config, place) in table {
        for server in [&[][..], &["--server", "https://ntfy.example"]] {
            let ran = ntfy()
                .args(server)
                .config(config)
                .run()
                .status(78)
                .stdout("");
            let told = format!("clawtap: ~/.config/clawtap/config.toml, {place}");
            assert!(ran.stderr.starts_with(&told), "{}", ran.stderr);
            assert_eq!(ran.file(CONFIG).as_deref(), Some(config));
        }
    }
}

#[test]
fn several_at_once_agree_on_one_topic() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    let runs: Vec<_> = (0..6)
        .map(|_| ntfy().env("CLAWTAP_CONFIG", &config).start())
        .collect();
    let shown: Vec<_> = runs
        .into_iter()
        .map(|run| run.end().status(0).stdout)
        .collect();
    let topic = secret_topic(&shown[0], "ntfy://ntfy.sh");
    assert!(shown.iter().all(|link| *link == shown[0]), "{shown:?}");
    let written = std::fs::read_to_string(config).unwrap();
    assert_eq!(written, format!("[alerts.ntfy]\ntopic = \"{topic}\"\n"));
}

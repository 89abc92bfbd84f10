//! Compares pictures with approved ones, pixel by pixel.
//!
//! To approve changed pictures, run the tests with `CLAWTAP_ACCEPT=1`, and review tests/fixtures/pictures/.
#![expect(
    clippy::disallowed_methods,
    reason = "the good pictures are files of the repository"
)]

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::canvas::{Canvas, Colour};
use super::{Room, fitted, png};
use crate::status::assessment::{Assessment, Trouble};
use crate::status::wire;

fn now() -> DateTime<Utc> {
    "2026-09-14T14:05:00Z".parse().unwrap()
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn judged(name: &str, document: &str) -> Assessment {
    let content = std::fs::read(fixtures().join(document)).unwrap();
    said(name, &content)
}

fn said(name: &str, content: &[u8]) -> Assessment {
    let report = wire::read(content, None, now()).unwrap();
    Assessment::new(name.into(), Ok(report), Duration::ZERO, now())
}

fn unreachable() -> Assessment {
    let trouble = Trouble {
        word: "unreachable",
        what: "no ssh server answers".into(),
        detail: None,
        next_step: "Is sshd running there, and the port right? And here is some more advice, \
                    so that it takes a second line."
            .into(),
    };
    Assessment::new("attic".into(), Err(trouble), Duration::ZERO, now())
}

/// A gateway with thirty logins.
fn crowded() -> Assessment {
    let logins: Vec<String> = (1..=30)
        .map(|number| {
            let left = number * 40 * 3_600_000_i64;
            format!(
                r#"{{"profileId":"anthropic:{number}","provider":"anthropic","type":"token","status":"ok","expiresAt":1,"remainingMs":{left}}}"#
            )
        })
        .collect();
    let logins = logins.join(",");
    let document = format!(
        r#"{{"resolvedDefault":"anthropic/x","auth":{{"missingProvidersInUse":[],"modelRouteIssues":[],"runtimeAuthRoutes":[],"oauth":{{"warnAfterMs":86400000,"profiles":[{logins}],"providers":[{{"provider":"anthropic","effectiveProfiles":[{logins}]}}]}}}}}}"#
    );
    said("crowded", document.as_bytes())
}

fn picture(assessments: &[Assessment], room: Room) -> Vec<u8> {
    png(assessments, room, |moment| moment.fixed_offset()).unwrap()
}

/// Width, height, palette and pixels.
fn decoded(file: &[u8]) -> (u32, u32, Vec<u8>, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let palette = reader.info().palette.as_deref().unwrap().to_vec();
    (frame.width, frame.height, palette, pixels)
}

#[test]
fn pictures_look_as_they_were_found_good() {
    let every_state = || judged("home", "pictures/every_state.json");
    let well = || judged("office", "corpus/2026.9.6/token_ok_am.json");
    let nothing = judged("new", "corpus/2026.9.6/empty.json");
    let table = [
        ("every_state", vec![every_state()], Room::File),
        ("notification", vec![every_state()], Room::Notification),
        ("well", vec![well()], Room::Notification),
        ("several", vec![well(), unreachable(), nothing], Room::File),
        ("crowded", vec![crowded()], Room::File),
    ];
    for (name, assessments, room) in table {
        let file = fixtures().join(format!("pictures/{name}.png"));
        let drawn = picture(&assessments, room);
        if std::env::var_os("CLAWTAP_ACCEPT").is_some() {
            std::fs::write(&file, &drawn).unwrap();
        }
        let good = decoded(&std::fs::read(file).unwrap());
        assert!(decoded(&drawn) == good, "{name}.png looks different");
    }
}

#[test]
fn a_picture_is_bounded_however_much_there_is_to_show() {
    let height = |gateways: usize, room| {
        let assessments: Vec<_> = (0..gateways).map(|_| crowded()).collect();
        decoded(&picture(&assessments, room)).1
    };
    assert!(height(1, Room::Notification) <= 400);
    assert!(height(1, Room::File) <= 1_400);
    assert_eq!(height(13, Room::File), height(40, Room::File));
}

#[test]
fn a_character_that_the_font_lacks_is_a_question_mark() {
    let drawn = |text: &str| {
        let mut canvas = Canvas::new(60, 24);
        canvas.write(0, 0, text, Colour::Text);
        canvas
    };
    assert_eq!(drawn("世界"), drawn("??"));
    assert_ne!(drawn("ö"), drawn("?"));
    assert_ne!(drawn("a"), drawn("b"));
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    assert_eq!(fitted("anthropic", 9 * 12), "anthropic");
    assert_eq!(fitted("anthropic", 8 * 12), "anthro..");
    assert_eq!(fitted("größer", 5 * 12), "grö..");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_name_can_be_drawn(name in any::<String>(), left in any::<i64>()) {
        let name = serde_json::to_string(&name).unwrap();
        let document = format!(
            r#"{{"resolvedDefault":"a/x","auth":{{"missingProvidersInUse":[],"modelRouteIssues":[],"runtimeAuthRoutes":[],"oauth":{{"profiles":[{{"profileId":{name},"provider":"a","type":"token","status":"ok","expiresAt":1,"remainingMs":{left}}}],"providers":[]}}}}}}"#
        );
        let drawn = picture(&[said("home", document.as_bytes())], Room::File);
        prop_assert_eq!(decoded(&drawn).0, 720);
    }
}

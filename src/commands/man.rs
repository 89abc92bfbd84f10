//! `clawtap man`

use std::io;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::{Cli, EXIT_CODES};
use crate::commands::outcome::Outcome;
use crate::context::print;
use crate::error::Error;

/// Defines `\*(Aq` as an apostrophe in every roff.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

pub(crate) fn run() -> Result<Outcome, Error> {
    let page = page().map_err(|error| Error::bug(format!("cannot render the manual: {error}")))?;
    print(&page)?;
    Ok(Outcome::Done)
}

/// One page with every command in it: `man clawtap` is what people type, and a phone has room for one file.
fn page() -> io::Result<String> {
    let mut cli = Cli::command()
        .disable_help_subcommand(true)
        .subcommand_value_name("command");
    cli.build();
    let main = Man::new(cli.clone());
    let mut page = PREAMBLE.to_owned();
    page.push_str(&format!(
        ".TH clawtap 1 \"\" \"clawtap {}\"\n",
        env!("CARGO_PKG_VERSION")
    ));
    page.push_str(&roff(|to| main.render_name_section(to))?);
    page.push_str(&roff(|to| main.render_synopsis_section(to))?);
    page.push_str(&roff(|to| main.render_description_section(to))?);
    page.push_str(&roff(|to| main.render_options_section(to))?);
    page.push_str(".SH COMMANDS\n");
    for command in cli.get_subcommands() {
        page.push_str(&chapter(command)?);
    }
    // Preformatted: these are lines already.
    page.push_str(&format!(".SH \"EXIT STATUS\"\n.nf\n{EXIT_CODES}\n.fi\n"));
    Ok(as_ascii(&page))
}

/// One command, with those below it.
fn chapter(command: &clap::Command) -> io::Result<String> {
    let mut chapter = String::new();
    let below: Vec<_> = command.get_subcommands().collect();
    // A command with subcommands has no synopsis of its own.
    if below.is_empty() || !command.is_subcommand_required_set() {
        let name = command.get_bin_name().unwrap_or(command.get_name());
        chapter.push_str(&format!(".SS {name}\n"));
        // Global options are at the top of the page.
        let own = command.clone().mut_args(|argument| {
            let is_common = argument.is_global_set() || argument.get_id() == "help";
            argument.hide(is_common)
        });
        let man = Man::new(own);
        chapter.push_str(body(&roff(|to| man.render_description_section(to))?));
        chapter.push_str(".PP\n");
        chapter.push_str(body(&roff(|to| man.render_synopsis_section(to))?));
        chapter.push_str(body(&roff(|to| man.render_options_section(to))?));
    }
    for command in below {
        chapter.push_str(&self::chapter(command)?);
    }
    Ok(chapter)
}

/// What `clap_mangen` renders, without the preamble, which a page needs only at its top, and without the line breaks
/// beside empty lines, which mandoc warns about.
fn roff(render: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut section = Vec::new();
    render(&mut section)?;
    let section = String::from_utf8(section).map_err(io::Error::other)?;
    let section = section.strip_prefix(PREAMBLE).unwrap_or(&section);
    Ok(section
        .replace(".br\n\n.br\n", ".br\n")
        .replace("\n\n.br\n", "\n"))
}

/// A section without its heading.
fn body(section: &str) -> &str {
    section.split_once('\n').map_or("", |(_heading, body)| body)
}

/// Characters beyond ASCII by their names: not every roff reads UTF-8.
fn as_ascii(page: &str) -> String {
    let spelled = page.chars().map(|character| match character {
        '\0'..='\x7f' => character.to_string(),
        _ => format!("\\[u{:04X}]", u32::from(character)),
    });
    spelled.collect()
}

//! A menu on the screen, and the keys that move its marker.

use crate::text::Text;

/// The most choices of a menu that are shown.
const MOST: usize = 200;

/// A menu as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) title: Text,
    pub(crate) choices: Vec<Text>,
    /// Which of them is marked.
    pub(crate) marked: usize,
    /// Whether there are more than are shown.
    pub(crate) more: bool,
    pub(crate) select_by: SelectBy,
}

/// How a choice is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelectBy {
    /// The marker is moved, then Enter.
    Arrows,
    /// The first letter, in lower case, then Enter.
    Letter,
    /// There is only Enter.
    Enter,
}

/// The next key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    Press(&'static str),
    /// The marker is at the choice.
    Arrived,
    /// The marker has not moved yet.
    Wait,
    /// The marker does not go where it should.
    Lost,
}

/// The movement of a marker to a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Navigation {
    menu: Menu,
    target: usize,
    /// Where the marker was when the last key was pressed.
    left: Option<(usize, Text)>,
    presses: usize,
}

impl Menu {
    /// A menu with a marker. A limited number of choices is stored, always with the marked one.
    pub(crate) fn new(title: &str, choices: Vec<Text>, marked: usize, more: bool) -> Self {
        let more = more || choices.len() > MOST;
        // The marked choice is among the stored ones.
        let first = (marked + 1).saturating_sub(MOST);
        let choices: Vec<Text> = choices.into_iter().skip(first).take(MOST).collect();
        Self {
            title: Text::clean(title),
            choices,
            marked: marked - first,
            more,
            select_by: SelectBy::Arrows,
        }
    }

    /// A menu that is answered without moving a marker; the first choice is marked.
    pub(crate) fn plain(title: &str, choices: &[&str], select_by: SelectBy) -> Self {
        let choices = choices.iter().map(|choice| Text::clean(choice)).collect();
        Self {
            select_by,
            ..Self::new(title, choices, 0, false)
        }
    }

    fn label(&self, index: usize) -> &str {
        self.choices.get(index).map_or("", Text::as_str)
    }
}

impl Navigation {
    pub(crate) fn new(menu: Menu, target: usize) -> Self {
        Self {
            menu,
            target,
            left: None,
            presses: 0,
        }
    }

    /// The next key, for the menu as it is drawn now.
    pub(crate) fn next(&mut self, now: &Menu) -> Move {
        if self.arrived(now) {
            return Move::Arrived;
        }
        let here = (now.marked, Text::clean(now.label(now.marked)));
        if self.left.as_ref() == Some(&here) {
            return Move::Wait;
        }
        // One round through the menu is more than any choice needs.
        if self.presses > self.menu.choices.len() {
            return Move::Lost;
        }
        self.presses += 1;
        self.left = Some(here);
        Move::Press(if self.target < self.menu.marked {
            "\x1b[A"
        } else {
            "\x1b[B"
        })
    }

    /// Whether the marker is at the target. A label may be followed by a hint once it is marked.
    fn arrived(&self, now: &Menu) -> bool {
        let wanted = self.menu.label(self.target);
        let here = now.label(now.marked);
        let alike = here.starts_with(wanted) || wanted.starts_with(here) && !here.is_empty();
        let scrolls = self.menu.more || now.more;
        alike && (now.marked == self.target || scrolls)
    }
}

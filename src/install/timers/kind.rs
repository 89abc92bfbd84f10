//! The kinds of timers, and which one a machine gets.

/// Who starts the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Systemd,
    Cron,
    TermuxJob,
}

/// What a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Machine {
    pub(crate) termux: bool,
    /// It was started by systemd.
    pub(crate) systemd: bool,
    pub(crate) crontab: bool,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Systemd, Self::Cron, Self::TermuxJob];

    /// What it is called, as in the option that asks for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Cron => "cron",
            Self::TermuxJob => "termux-job",
        }
    }

    /// The best one for a machine; none if it has none.
    pub(crate) fn best(machine: Machine) -> Option<Self> {
        let kinds = [Self::TermuxJob, Self::Systemd, Self::Cron];
        kinds.into_iter().find(|kind| kind.is_on(machine))
    }

    /// Whether a machine has it. Cron's daemon is not there in Termux before somebody starts it.
    pub(crate) const fn is_on(self, machine: Machine) -> bool {
        match self {
            Self::Systemd => machine.systemd,
            Self::Cron => machine.crontab,
            Self::TermuxJob => machine.termux,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Machine};

    #[test]
    fn a_phone_has_jobs_and_systemd_goes_before_cron() {
        let machine = |termux, systemd, crontab| Machine {
            termux,
            systemd,
            crontab,
        };
        let table = [
            (machine(true, false, true), Some(Kind::TermuxJob)),
            (machine(false, true, true), Some(Kind::Systemd)),
            (machine(false, false, true), Some(Kind::Cron)),
            (machine(false, false, false), None),
        ];
        for (machine, expected) in table {
            assert_eq!(Kind::best(machine), expected, "{machine:?}");
        }
    }
}

//! A network link to a port on this machine, with a round trip of its own.

use std::fmt;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Sshd;

/// How long a segment of a bad link stalls.
const STALL: Duration = Duration::from_secs(2);
/// One in so many segments does.
const ONE_IN: u64 = 100;
/// In bytes; what TCP carries at once over most links.
const SEGMENT: usize = 1400;

/// What a link is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) round_trip: Duration,
    /// Whether one in a hundred segments stalls, and all that follow it wait.
    pub(crate) stalls: bool,
}

impl Conditions {
    pub(crate) const fn round_trip(round_trip: Duration) -> Self {
        Self {
            round_trip,
            stalls: false,
        }
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} ms", self.round_trip.as_millis())?;
        if self.stalls {
            write!(formatter, ", 1 % stalls {} s", STALL.as_secs())?;
        }
        Ok(())
    }
}

/// Listens, and passes everything on after half the round trip, in both directions.
pub(crate) struct Link {
    port: u16,
    fates: [Arc<Fate>; 2],
}

impl Link {
    pub(crate) fn to(port: u16, conditions: Conditions) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let own_port = listener.local_addr().expect("bound").port();
        let delay = conditions.round_trip / 2;
        let fates = [(); 2].map(|()| Arc::new(Fate::new(conditions.stalls)));
        let [there, back] = fates.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let (there, back) = (Arc::clone(&there), Arc::clone(&back));
                // TCP's own handshake takes a round trip before anything else can be said.
                thread::spawn(move || {
                    thread::sleep(2 * delay);
                    let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
                        return;
                    };
                    let again = |stream: &TcpStream| stream.try_clone().expect("a connection");
                    carry(again(&near), again(&far), delay, there);
                    carry(far, near, delay, back);
                });
            }
        });
        Self {
            port: own_port,
            fates,
        }
    }

    /// Begins the series of stalls of this number: who is measured after the same one meets the same fate.
    pub(crate) fn begin(&self, series: u64) {
        for (direction, fate) in (0..).zip(&self.fates) {
            // Far more than a round has segments.
            fate.next
                .store((2 * series + direction) * 1_000_000, Ordering::Relaxed);
        }
    }

    /// What ssh's configuration says of an sshd that is reached this way, at 127.0.0.1.
    pub(crate) fn ssh_config(&self, sshd: &Sshd) -> String {
        format!(
            "Include {}\nIdentityFile {}\nIdentitiesOnly yes\nHostKeyAlias [127.0.0.1]:{}\nPort {}\nBatchMode yes\n",
            sshd.ssh_config().display(),
            sshd.user_key().display(),
            sshd.port(),
            self.port
        )
    }
}

/// Which segments of a direction stall: always the same ones of a series.
struct Fate {
    next: AtomicU64,
    stalls: bool,
}

impl Fate {
    fn new(stalls: bool) -> Self {
        Self {
            next: AtomicU64::new(0),
            stalls,
        }
    }

    /// How much longer the next segment takes.
    fn of_next(&self) -> Duration {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if self.stalls && scattered(number).is_multiple_of(ONE_IN) {
            STALL
        } else {
            Duration::ZERO
        }
    }
}

/// A number without a pattern, by the finishing step of `SplitMix64`.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Carries one direction: what is read now is written after the delay, however much is on its way.
fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration, fate: Arc<Fate>) {
    for stream in [&from, &to] {
        stream.set_nodelay(true).expect("a connection");
    }
    let (send, receive) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (due, bytes) in receive {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; SEGMENT];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let due = Instant::now() + delay + fate.of_next();
            if send.send((due, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
}

//! A network link to a port on this machine, with a round trip of its own.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Sshd;

/// Listens, and passes everything on after half the round trip, in both directions.
pub(crate) struct Link {
    port: u16,
}

impl Link {
    pub(crate) fn to(port: u16, round_trip: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let own_port = listener.local_addr().expect("bound").port();
        let delay = round_trip / 2;
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // TCP's own handshake takes a round trip before anything else can be said.
                thread::spawn(move || {
                    thread::sleep(2 * delay);
                    let far = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                        .expect("the far end listens");
                    let again = |stream: &TcpStream| stream.try_clone().expect("a connection");
                    carry(again(&near), again(&far), delay);
                    carry(far, near, delay);
                });
            }
        });
        Self { port: own_port }
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

/// Carries one direction: what is read now is written after the delay, however much is on its way.
fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
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
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if send
                .send((Instant::now() + delay, buffer[..length].to_vec()))
                .is_err()
            {
                return;
            }
        }
    });
}

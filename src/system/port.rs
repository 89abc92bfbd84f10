//! Finds the process that listens on a port of this device.

use std::net::{Ipv4Addr, TcpListener};

/// The process that listens on this port of a loopback address, in words; `None` if the port is free.
pub(crate) fn holder(address: Ipv4Addr, port: u16) -> Option<String> {
    match TcpListener::bind((address, port)) {
        Ok(_) => None,
        Err(_) => Some(name_of_holder(address, port).unwrap_or_else(|| "another program".into())),
    }
}

/// The name of the program that listens on a port, if the system shows it: all sockets are listed in `/proc/net/tcp`,
/// those of a process in `/proc/PID/fd`. Android shows neither for other apps.
fn name_of_holder(address: Ipv4Addr, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    // In the machine's byte order, in hexadecimal.
    let in_hexadecimal =
        |address: Ipv4Addr| format!("{:08X}:{port:04X}", u32::from_ne_bytes(address.octets()));
    let places = [
        in_hexadecimal(address),
        in_hexadecimal(Ipv4Addr::UNSPECIFIED),
    ];
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let inode = table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let here = places
            .iter()
            .any(|place| place == fields.get(1).unwrap_or(&""))
            && fields.get(3) == Some(&LISTENING);
        here.then(|| fields.get(9).map(ToString::to_string))?
    })?;
    let socket = format!("socket:[{inode}]");
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let owner = processes.map(|entry| entry.path()).find(|process| {
        let files = std::fs::read_dir(process.join("fd"));
        files.is_ok_and(|files| {
            files
                .flatten()
                .filter_map(|file| std::fs::read_link(file.path()).ok())
                .any(|target| target.as_os_str() == socket.as_str())
        })
    })?;
    let name = std::fs::read_to_string(owner.join("comm")).ok()?;
    Some(name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::holder;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn whoever_listens_at_a_port_is_named() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let own_name = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert_eq!(
            holder(Ipv4Addr::LOCALHOST, port).as_deref(),
            Some(own_name.trim())
        );
        drop(listener);
        assert_eq!(holder(Ipv4Addr::LOCALHOST, port), None);
    }
}

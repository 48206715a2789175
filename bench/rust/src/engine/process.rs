//! What this process takes of the machine: memory and kernel mappings, by what the kernel says.

use std::fs;
use std::io;

/// Memory of this process, in bytes, and the number of its mappings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held {
    /// Resident now.
    pub resident: u64,
    /// Resident at most, since [`forget_peak`].
    pub peak: u64,
    /// Lines of `/proc/self/maps`.
    pub mappings: u64,
}

/// Asks the kernel.
///
/// # Errors
/// No `/proc`.
pub fn held() -> io::Result<Held> {
    let status = fs::read_to_string("/proc/self/status")?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("");
        let kib = line.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
        kib.unwrap_or(0) * 1_024
    };
    let mappings = fs::read_to_string("/proc/self/maps")?.lines().count() as u64;
    Ok(Held { resident: bytes("VmRSS:"), peak: bytes("VmHWM:"), mappings })
}

/// Starts the peak anew from what is resident now.
///
/// # Errors
/// A kernel that does not allow it.
pub fn forget_peak() -> io::Result<()> {
    fs::write("/proc/self/clear_refs", "5")
}

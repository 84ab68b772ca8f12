//! Gives freed memory back to the system.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that images have needed since memory was last given back, at most what is freed and still resident.
static FREED: AtomicU64 = AtomicU64::new(0);

/// Must be called after an image that needed `bytes`, while its share of the budget is still held. At most `freed_max` bytes stay
/// behind.
///
/// glibc keeps what a thread has freed for that thread, up to 64 MiB for each. Images run on whatever thread is idle, so that the
/// memory of many would be resident where the budget allows a few. Other allocators have no such call and need none.
pub(super) fn give_back_after(bytes: u64, freed_max: u64) {
    if FREED.fetch_add(bytes, Ordering::Relaxed) + bytes >= freed_max {
        FREED.store(0, Ordering::Relaxed);
        give_back();
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // no safe wrapper is maintained
fn give_back() {
    // SAFETY: `malloc_trim` may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}

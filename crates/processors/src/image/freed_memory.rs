//! Gives freed memory back to the system.

/// After less than this there is little to give back.
const WORTH_WHILE: u64 = 64 << 20;

/// Must be called after a picture that needed `bytes`, while its share of the budget is still held.
///
/// glibc keeps what a thread has freed for that thread. The next large picture runs on another, so that two pictures' memory is
/// resident where the budget allows one. Other allocators have no such call and need none.
pub(super) fn give_back_after(bytes: u64) {
    if bytes >= WORTH_WHILE {
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

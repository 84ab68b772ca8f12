//! Makes the allocator give freed pixels back to the system.

use std::sync::Once;

static SET_UP: Once = Once::new();

/// Must be called before the first image is read.
///
/// glibc raises its thresholds when large blocks are freed, up to 32 MiB, and from then on keeps freed pixels for the thread that
/// freed them, up to 64 MiB for each. Images run on whatever thread is idle, so that the memory of many would be resident where the
/// budget allows a few. Other allocators have no such call and need none.
pub(super) fn give_large_blocks_back() {
    SET_UP.call_once(fix_thresholds);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // no safe wrapper is maintained
fn fix_thresholds() {
    /// Larger blocks are mapped one by one and unmapped when they are freed, bytes.
    const MAPPED: libc::c_int = 256 << 10;
    /// What may stay free at the end of a thread's memory, bytes.
    const KEPT: libc::c_int = 128 << 10;

    // SAFETY: `mallopt` may be called at any time; both parameters only bound what is kept from now on.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn fix_thresholds() {}

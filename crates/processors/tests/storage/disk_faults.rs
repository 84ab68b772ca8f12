//! Disks that are full, and files that nobody may read.

#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use synapse_queue_engine::job::Failure;
use synapse_queue_processors::storage::open;

/// Set for the copy of this test program that has a limit on file sizes.
const LIMITED_ROOT: &str = "SYNAPSE_TEST_LIMITED_ROOT";

/// What the limited process does: the size limit of a process makes every write beyond it fail, as a full disk does.
#[tokio::test]
async fn a_write_that_runs_out_of_space_leaves_the_old_content_and_no_traces() {
    let Ok(root) = std::env::var(LIMITED_ROOT) else { return run_limited() };
    let storage = open(&format!("file:{root}"), "").unwrap();
    let error = storage.write("a.bin", Bytes::from(vec![1; 1 << 20])).await.unwrap_err();
    assert_eq!(error.code(), "FILE_UNWRITABLE");
    assert!(!Failure::from(error).is_unrecoverable(), "space may be made");
    assert_eq!(storage.read("a.bin", 100).await.unwrap(), "old");
}

fn run_limited() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.bin"), "old").unwrap();
    let test = "disk_faults::a_write_that_runs_out_of_space_leaves_the_old_content_and_no_traces";
    // In blocks of 512 bytes. Without a handler, going beyond the limit ends the process, hence the trap.
    let script = format!("trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact {test}");
    let program = std::env::current_exe().unwrap();
    let status = Command::new("sh").arg("-c").arg(script).arg(program).env(LIMITED_ROOT, root.path()).status().unwrap();
    assert!(status.success());
    assert_eq!(names_in(root.path()), ["a.bin"]);
}

#[tokio::test]
async fn a_file_that_may_not_be_read_is_unreadable_for_now() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("a.txt");
    std::fs::write(&file, "content").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    let storage = open(&format!("file:{}", root.path().display()), "").unwrap();
    match storage.read("a.txt", 100).await {
        Err(error) => {
            assert_eq!(error.code(), "FILE_UNREADABLE");
            assert!(!Failure::from(error).is_unrecoverable());
        }
        // Permissions do not bind root.
        Ok(content) => assert_eq!(content, "content"),
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

//! Who may hold how much memory and run on which core.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{ImageError, ImageLimits};

const MIB: u64 = 1 << 20;
const BUDGET_MIN: u64 = 16 * MIB;
/// The files themselves are small against their pixels.
const INPUT_SHARE: u64 = 8;
/// For buffers that wait for the next image, and small blocks that the allocator still holds.
const SLACK_SHARE: u64 = 8;

/// One permit per core, for all images of the process.
static CORES: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get))));

/// The memory budget of one processor.
///
/// Two pools, always entered in the same order, inputs before pixels: whoever holds pixels never waits for memory again, so two
/// jobs cannot wait for each other.
#[derive(Debug)]
pub(super) struct Budget {
    inputs: Pool,
    pixels: Pool,
    max_input_bytes: u64,
}

impl Budget {
    pub(super) fn new(limits: &ImageLimits) -> Self {
        let budget = limits.memory_budget.max(BUDGET_MIN);
        let (inputs, slack) = (budget / INPUT_SHARE, budget / SLACK_SHARE);
        Self {
            inputs: Pool::new(inputs),
            pixels: Pool::new(budget - inputs - slack),
            max_input_bytes: limits.max_input_bytes.min(inputs),
        }
    }

    /// Largest file that may be read, in bytes.
    pub(super) fn max_input_bytes(&self) -> u64 {
        self.max_input_bytes
    }

    /// Waits until a file of `bytes` may be held in memory. A larger one than allowed is counted as the largest allowed: reading
    /// it will be refused.
    pub(super) async fn hold_input(&self, bytes: u64) -> OwnedSemaphorePermit {
        self.inputs.take(mebibytes(bytes).min(self.inputs.total)).await
    }

    /// Waits until `bytes` of pixels may be held in memory, then for a core.
    ///
    /// # Errors
    /// `TooMuchMemory` if that can never be.
    pub(super) async fn hold_pixels(&self, bytes: u64) -> Result<PixelPermit, ImageError> {
        let (needed_mib, budget_mib) = (mebibytes(bytes), self.pixels.total);
        if needed_mib > budget_mib {
            return Err(ImageError::TooMuchMemory { needed_mib, budget_mib });
        }
        let memory = self.pixels.take(needed_mib).await;
        let core = Arc::clone(&CORES).acquire_owned().await.expect("the semaphore of cores is never closed");
        Ok(PixelPermit { memory, _core: core })
    }
}

/// The right to decode one image, given back when dropped.
#[derive(Debug)]
pub(super) struct PixelPermit {
    memory: OwnedSemaphorePermit,
    _core: OwnedSemaphorePermit,
}

/// The right to hold finished files until they are stored.
#[derive(Debug)]
pub(crate) struct OutputPermit {
    _memory: Option<OwnedSemaphorePermit>,
}

impl PixelPermit {
    /// Gives back all but the memory of the finished files, which the image's estimate covered.
    pub(super) fn keep(mut self, bytes: u64) -> OutputPermit {
        let kept = (mebibytes(bytes) as usize).min(self.memory.num_permits());
        OutputPermit { _memory: self.memory.split(kept) }
    }
}

#[derive(Debug)]
struct Pool {
    /// In MiB.
    total: u32,
    free: Arc<Semaphore>,
}

impl Pool {
    fn new(bytes: u64) -> Self {
        let total = u32::try_from(bytes / MIB).unwrap_or(u32::MAX);
        Self { total, free: Arc::new(Semaphore::new(total as usize)) }
    }

    async fn take(&self, mebibytes: u32) -> OwnedSemaphorePermit {
        Arc::clone(&self.free).acquire_many_owned(mebibytes).await.expect("the semaphore of memory is never closed")
    }
}

/// At least one, rounded up.
fn mebibytes(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(MIB).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn budget(mib: u64) -> Budget {
        Budget::new(&ImageLimits { memory_budget: mib * MIB, ..ImageLimits::default() })
    }

    #[tokio::test]
    async fn an_image_waits_until_the_memory_of_another_is_free() {
        let budget = budget(64);
        let held = budget.hold_pixels(40 * MIB).await.unwrap();
        assert!(budget.hold_pixels(20 * MIB).now_or_never().is_none());
        drop(held);
        assert!(budget.hold_pixels(20 * MIB).await.is_ok());
    }

    #[tokio::test]
    async fn finished_files_are_counted_until_they_are_stored() {
        let budget = budget(64);
        let output = budget.hold_pixels(40 * MIB).await.unwrap().keep(9 * MIB);
        assert!(budget.hold_pixels(40 * MIB).now_or_never().is_none());
        drop(output);
        assert!(budget.hold_pixels(40 * MIB).await.is_ok());
    }

    #[tokio::test]
    async fn an_image_that_can_never_fit_is_refused() {
        let error = budget(64).hold_pixels(49 * MIB).await.unwrap_err();
        assert_eq!(error.code(), "IMAGE_TOO_LARGE");
    }

    #[tokio::test]
    async fn files_may_take_an_eighth_of_the_budget() {
        let budget = budget(64);
        assert_eq!(budget.max_input_bytes(), 8 * MIB);
        let held = budget.hold_input(u64::MAX).await;
        assert!(budget.hold_input(1).now_or_never().is_none());
        drop(held);
        drop(budget.hold_input(1).await);
    }
}

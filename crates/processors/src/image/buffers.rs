//! Memory for samples, used by one picture after another.

/// Blocks that earlier pictures needed. Fresh ones would have to be mapped and cleared by the system page by page, which takes
/// longer than many a step that fills them.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    idle: Vec<Vec<u8>>,
}

impl Buffers {
    /// `len` bytes of any content.
    ///
    /// The smallest idle block that is large enough, or a new one. Then the largest idle block is freed: it was kept for pictures that are
    /// smaller than those that come.
    pub(super) fn take(&mut self, len: usize) -> Vec<u8> {
        let fitting = (0..self.idle.len()).filter(|index| self.idle[*index].capacity() >= len);
        if let Some(index) = fitting.min_by_key(|index| self.idle[*index].capacity()) {
            let mut buffer = self.idle.swap_remove(index);
            buffer.resize(len, 0);
            return buffer;
        }
        if let Some(index) = (0..self.idle.len()).max_by_key(|index| self.idle[*index].capacity()) {
            self.idle.swap_remove(index);
        }
        vec![0; len]
    }

    /// Keeps a block for pictures to come.
    pub(super) fn give(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() > 0 {
            self.idle.push(buffer);
        }
    }

    /// Bytes of all idle blocks.
    pub(super) fn retained(&self) -> usize {
        self.idle.iter().map(Vec::capacity).sum()
    }

    /// Frees all idle blocks.
    pub(super) fn clear(&mut self) {
        self.idle.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_block_that_is_large_enough_is_used_again() {
        let mut buffers = Buffers::default();
        for len in [300, 100, 200] {
            buffers.give(Vec::with_capacity(len));
        }
        let taken = buffers.take(150);
        assert_eq!((taken.len(), taken.capacity()), (150, 200));
        assert_eq!(buffers.retained(), 400);
    }

    #[test]
    fn a_block_that_has_become_too_small_is_freed() {
        let mut buffers = Buffers::default();
        buffers.give(Vec::with_capacity(100));
        assert_eq!(buffers.take(150).len(), 150);
        assert_eq!(buffers.retained(), 0);
    }
}

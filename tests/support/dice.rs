//! Chance, decided by a number (the seed): the same number throws the same again.

/// `splitmix64`.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % sides
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let sides = u64::try_from(choices.len()).expect("a few");
        choices[usize::try_from(self.throw(sides)).expect("a few")]
    }
}

//! Check sums that fit again after something was broken.

use flate2::Crc;

/// Corrects the check sums of all chunks that are whole.
pub fn mend_png(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = length
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        let end = at + 8 + length;
        let Some(checked) = bytes.get(at + 4..end) else {
            return;
        };
        let mut crc = Crc::new();
        crc.update(checked);
        let sum = crc.sum().to_be_bytes();
        let Some(place) = bytes.get_mut(end..end + 4) else {
            return;
        };
        place.copy_from_slice(&sum);
        at = end + 4;
    }
}

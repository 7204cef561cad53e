//! Writing IDX, the file format of MNIST.

use std::io::{self, Write};

/// Magic number of an IDX file of unsigned bytes in three dimensions.
const IMAGES: [u8; 4] = [0, 0, 8, 3];

/// Writes images of `height` × `width` bytes, one after the other in `pixels`, as an IDX3 file.
pub fn write(to: &mut impl Write, height: u32, width: u32, pixels: &[u8]) -> io::Result<()> {
    let image = height as usize * width as usize;
    let whole = image != 0 && pixels.len().is_multiple_of(image);
    let count = u32::try_from(pixels.len().checked_div(image).unwrap_or(0));
    let (true, Ok(count)) = (whole, count) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "{} bytes are no images of {height} by {width}",
                pixels.len()
            ),
        ));
    };
    to.write_all(&IMAGES)?;
    for size in [count, height, width] {
        to.write_all(&size.to_be_bytes())?;
    }
    to.write_all(pixels)
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn the_header_says_what_follows() {
        let mut file = Vec::new();
        write(&mut file, 2, 3, &[9; 12]).unwrap();
        let header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3];
        assert_eq!(file[..16], header);
        assert_eq!(file[16..], [9; 12]);
    }

    #[test]
    fn part_of_an_image_is_refused() {
        assert!(write(&mut Vec::new(), 2, 3, &[9; 11]).is_err());
        assert!(write(&mut Vec::new(), 0, 3, &[]).is_err());
    }

    #[test]
    fn no_image_is_a_file_too() {
        let mut file = Vec::new();
        write(&mut file, 2, 3, &[]).unwrap();
        assert_eq!(file.len(), 16);
    }
}

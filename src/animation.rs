//! Pictures one after the other as an animated PNG, which browsers and most viewers of pictures play.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use png::{BitDepth, BlendOp, ColorType, DisposeOp, Encoder, EncodingError, Writer};

/// More milliseconds than a frame may be shown for.
const LONGEST: u32 = 60_000;
/// Channels of what is written: frames cover each other, so there is nothing to see through.
const CHANNELS: usize = 3;

/// An animation that is written frame by frame. Of every frame after the first, only the rectangle is kept in which it
/// differs from the one before.
pub struct Animation {
    width: usize,
    height: usize,
    /// Milliseconds for which a frame, and for which the last one is shown.
    shown: (u16, u16),
    /// Frames that are still to come.
    left: u32,
    writer: Writer<Sink>,
    written: Sink,
    /// The latest frame.
    latest: Option<Vec<u8>>,
}

impl fmt::Debug for Animation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Animation")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Bytes that the writer and the animation both hold.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Animation {
    /// Of so many frames of this size, in pixels, each shown for `milliseconds` and the last one for as many as
    /// `at_the_end`; then it begins again.
    ///
    /// # Errors
    /// One sentence, if there is no frame, or frames have no pixels.
    pub fn new(
        (width, height): (usize, usize),
        frames: u32,
        milliseconds: u32,
        at_the_end: u32,
    ) -> Result<Self, String> {
        let fits = |length: usize| u32::try_from(length).ok();
        let (Some(across), Some(down)) = (fits(width), fits(height)) else {
            return Err("The pictures of an animation are not that large.".into());
        };
        if frames == 0 || width == 0 || height == 0 {
            return Err("An animation needs pictures.".into());
        }
        let written = Sink::default();
        let mut encoder = Encoder::new(written.clone(), across, down);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        // 0: for ever.
        encoder.set_animated(frames, 0).map_err(unwritten)?;
        encoder.set_blend_op(BlendOp::Source).map_err(unwritten)?;
        encoder.set_dispose_op(DisposeOp::None).map_err(unwritten)?;
        let shown = |time: u32| time.min(LONGEST) as u16;
        Ok(Self {
            width,
            height,
            shown: (shown(milliseconds), shown(at_the_end)),
            left: frames,
            writer: encoder.write_header().map_err(unwritten)?,
            written,
            latest: None,
        })
    }

    /// Adds a frame: four bytes a pixel, of which the fourth, its opacity, is not kept, row by row.
    ///
    /// # Errors
    /// One sentence, if it has another size, or is one too many.
    pub fn add(&mut self, rgba: &[u8]) -> Result<(), String> {
        if self.left == 0 {
            return Err("The animation has all of its pictures.".into());
        }
        if rgba.len() != self.width * self.height * 4 {
            return Err(format!(
                "A picture of this animation has {} × {} pixels, not {} in all.",
                self.width,
                self.height,
                rgba.len() / 4
            ));
        }
        let (pixels, _) = rgba.as_chunks::<4>();
        let frame: Vec<u8> = pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
        self.left -= 1;
        let time = match self.left {
            0 => self.shown.1,
            _ => self.shown.0,
        };
        let writer = &mut self.writer;
        writer.set_frame_delay(time, 1000).map_err(unwritten)?;
        if let Some(latest) = &self.latest {
            let Rectangle { x, y, across, down } = changed(latest, &frame, self.width);
            // In this order, each is within the picture.
            writer.reset_frame_position().map_err(unwritten)?;
            writer
                .set_frame_dimension(across as u32, down as u32)
                .and_then(|()| writer.set_frame_position(x as u32, y as u32))
                .map_err(unwritten)?;
            let row = self.width * CHANNELS;
            let part: Vec<u8> = frame
                .chunks_exact(row)
                .skip(y)
                .take(down)
                .flat_map(|row| &row[x * CHANNELS..(x + across) * CHANNELS])
                .copied()
                .collect();
            writer.write_image_data(&part).map_err(unwritten)?;
        } else {
            writer.write_image_data(&frame).map_err(unwritten)?;
        }
        self.latest = Some(frame);
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// One sentence, if frames are missing.
    pub fn finish(self) -> Result<Vec<u8>, String> {
        if self.left > 0 {
            return Err(format!(
                "{} pictures of the animation are missing.",
                self.left
            ));
        }
        self.writer.finish().map_err(unwritten)?;
        Ok(self.written.0.take())
    }
}

fn unwritten(error: EncodingError) -> String {
    format!("The animation cannot be written: {error}.")
}

struct Rectangle {
    x: usize,
    y: usize,
    across: usize,
    down: usize,
}

/// The smallest rectangle outside of which two frames of this width are the same; one pixel where they are everywhere,
/// since a frame has at least that.
fn changed(before: &[u8], after: &[u8], width: usize) -> Rectangle {
    let row = width * CHANNELS;
    let rows = || before.chunks_exact(row).zip(after.chunks_exact(row));
    let mut lines = rows()
        .enumerate()
        .filter(|(_, (before, after))| before != after)
        .map(|(y, _)| y);
    let Some(first) = lines.next() else {
        return Rectangle {
            x: 0,
            y: 0,
            across: 1,
            down: 1,
        };
    };
    let last = lines.next_back().unwrap_or(first);
    let differs = |&x: &usize| {
        let at = x * CHANNELS..(x + 1) * CHANNELS;
        rows().any(|(before, after)| before[at.clone()] != after[at.clone()])
    };
    let left = (0..width).find(differs).unwrap_or(0);
    let right = (0..width).rfind(differs).unwrap_or(left);
    Rectangle {
        x: left,
        y: first,
        across: right + 1 - left,
        down: last + 1 - first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every frame as it is seen, by the decoder that others use.
    fn played(file: &[u8]) -> (Vec<Vec<u8>>, Vec<(u16, u16)>) {
        let mut reader = png::Decoder::new(io::Cursor::new(file))
            .read_info()
            .unwrap();
        let (width, height) = reader.info().size();
        let frames = reader.info().animation_control().unwrap().num_frames;
        let mut canvas = vec![0; width as usize * height as usize * CHANNELS];
        let (mut seen, mut times) = (Vec::new(), Vec::new());
        for _ in 0..frames {
            let mut part = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut part).unwrap();
            let control = *reader.info().frame_control().unwrap();
            let across = control.width as usize * CHANNELS;
            for row in 0..control.height as usize {
                let to = ((control.y_offset as usize + row) * width as usize
                    + control.x_offset as usize)
                    * CHANNELS;
                canvas[to..to + across].copy_from_slice(&part[row * across..][..across]);
            }
            seen.push(canvas.clone());
            times.push((control.delay_num, control.delay_den));
        }
        (seen, times)
    }

    #[test]
    fn frames_are_seen_as_they_were_given() {
        let (width, height) = (7, 5);
        let frame = |lit: &[usize]| -> Vec<u8> {
            (0..width * height)
                .flat_map(|at| [if lit.contains(&at) { 200 } else { 10 }, at as u8, 7, 255])
                .collect()
        };
        let frames = [
            frame(&[]),
            frame(&[9, 17]),
            frame(&[9, 17]),
            frame(&[34]),
            frame(&[0, 34]),
        ];
        let mut animation = Animation::new((width, height), 5, 100, 2000).unwrap();
        for frame in &frames {
            animation.add(frame).unwrap();
        }
        assert!(animation.add(&frames[0]).is_err());
        let (seen, times) = played(&animation.finish().unwrap());
        for (seen, frame) in seen.iter().zip(&frames) {
            let given: Vec<u8> = frame
                .chunks(4)
                .flat_map(|pixel| &pixel[..3])
                .copied()
                .collect();
            assert_eq!(*seen, given);
        }
        assert_eq!(
            times,
            [
                (100, 1000),
                (100, 1000),
                (100, 1000),
                (100, 1000),
                (2000, 1000)
            ]
        );
    }

    #[test]
    fn what_is_no_animation_is_refused() {
        assert!(Animation::new((0, 4), 1, 1, 1).is_err());
        assert!(Animation::new((4, 4), 0, 1, 1).is_err());
        let mut short = Animation::new((2, 2), 2, 1, 1).unwrap();
        assert!(short.add(&[0; 15]).unwrap_err().contains("2 × 2"));
        short.add(&[0; 16]).unwrap();
        assert!(short.finish().unwrap_err().contains("missing"));
    }
}

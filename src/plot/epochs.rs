//! An axis of the epochs after which importance was measured, each as wide as the others.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::draw::{DrawError, Pen};
use super::layout::Rect;

/// The columns of some epochs.
pub(super) struct Epochs<'a> {
    pub plot: Rect,
    pub epochs: &'a [usize],
}

impl Epochs<'_> {
    /// Left and right edge of a column, in device pixels.
    pub fn column(&self, at: usize) -> (i32, i32) {
        let count = self.epochs.len().max(1);
        let edge = |at: usize| self.plot.x + (self.plot.width as usize * at / count) as i32;
        (edge(at), edge(at + 1))
    }

    pub fn middle(&self, at: usize) -> i32 {
        let (left, right) = self.column(at);
        i32::midpoint(left, right)
    }

    /// The numbers of the epochs, as many as there is room for, at this height; always the last.
    pub fn labels<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        y: i32,
    ) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let Some(last) = self.epochs.len().checked_sub(1) else {
            return Ok(());
        };
        let mut free = i32::MAX;
        for at in (0..=last).rev() {
            let text = self.epochs[at].to_string();
            let x = self.middle(at);
            let half = style.label_width(text.len()) / 2 + style.em(0.3);
            // Round numbers are read most easily.
            let is_wanted = at == last || self.epochs[at].is_multiple_of(self.step(pen));
            if is_wanted && x + half <= free {
                pen.note(&text, HPos::Center, (x, y))?;
                free = x - half;
            }
        }
        Ok(())
    }

    /// Labels stand at multiples of this, where the epochs are all there.
    fn step<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> usize {
        let (first, last) = (self.epochs[0], self.epochs[self.epochs.len() - 1]);
        // Doubling epochs have few columns, each of which has a label if there is room.
        if last - first + 1 > 2 * self.epochs.len() {
            return 1;
        }
        let room = (self.plot.width / pen.style.label_width(4).max(1)).max(1) as usize;
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
        let least = (last - first).div_ceil(room);
        steps
            .into_iter()
            .find(|&step| step >= least)
            .unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg;
    use crate::plot::tests::{style, texts};

    fn labels(epochs: &[usize], width: i32) -> Vec<String> {
        let style = style();
        let plot = Rect {
            width,
            ..Rect::default()
        };
        let (drawn, ()) = svg((width as u32, 40), |area| {
            let pen = Pen {
                area,
                style: &style,
            };
            Epochs { plot, epochs }.labels(&pen, 20)
        })
        .unwrap();
        let mut found: Vec<String> = texts(&drawn).into_iter().map(|(text, ..)| text).collect();
        found.reverse();
        found
    }

    #[test]
    fn labels_are_round_and_the_last_is_always_there() {
        let all: Vec<usize> = (0..=50).collect();
        assert_eq!(
            labels(&all, 600),
            [
                "0", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50"
            ]
        );
        assert_eq!(labels(&all, 60).last().unwrap(), "50");
        let doubling = [0, 1, 2, 4, 8, 16, 32, 50];
        assert_eq!(
            labels(&doubling, 400),
            ["0", "1", "2", "4", "8", "16", "32", "50"]
        );
        assert_eq!(labels(&[0, 7], 400), ["0", "7"]);
        assert_eq!(labels(&[3], 400), ["3"]);
        assert!(labels(&[], 400).is_empty());
    }

    #[test]
    fn columns_fill_the_plot() {
        let plot = Rect {
            x: 10,
            width: 100,
            ..Rect::default()
        };
        let epochs = Epochs {
            plot,
            epochs: &[0, 1, 2],
        };
        assert_eq!(epochs.column(0), (10, 43));
        assert_eq!(epochs.column(1), (43, 76));
        assert_eq!(epochs.column(2), (76, 110));
        assert_eq!(epochs.middle(1), 59);
    }
}

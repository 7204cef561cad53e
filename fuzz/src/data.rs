//! What the readers of people's own files make of broken ones.

use latent_lens::data::readers::{
    Options, ReadError, ResultsOptions, groups, latents, open, results, told,
};
use latent_lens::data::{ImageShape, idx};
use latent_lens::report::{Metric, Report};

use crate::input::Input;
use crate::memory;

/// What unpacked files and pixels may take here: little, so that taking more shows.
const MAX_BYTES: usize = 1 << 20;
/// Pixels are held twice while they are joined, beside one unpacked file; vectors that grow may be
/// twice as large as what is in them.
const ALLOWED: usize = 8 * MAX_BYTES;
/// Lists of columns, members and labels may take so many times the files.
const ALLOWED_PER_BYTE: usize = 64;

/// Images with labels, in any form.
pub fn images(bytes: &[u8]) {
    let input = Input::new(bytes);
    let options = Options {
        max_bytes: MAX_BYTES,
        ..input.said()
    };
    let read = bounded(&input, ALLOWED_PER_BYTE, || {
        let collection = open(&input.files, &options, &mut |_| {})?;
        let classes = collection.classes();
        let count: usize = classes.iter().map(|class| class.images.count()).sum();
        assert_eq!(collection.preview().count, count);
        Ok::<_, ReadError>(classes)
    });
    match read {
        // What the engines read is what was written for them.
        Ok(classes) => {
            for class in classes {
                let again = idx::read(&idx::write(&class.images));
                assert!(again.is_ok_and(|images| images.count() == class.images.count()));
            }
        }
        Err(error) => says(&error),
    }
}

/// What the engines read is read by another function.
pub fn of_the_engines(bytes: &[u8]) {
    if let Ok(images) = idx::read(bytes) {
        assert!(idx::read(&idx::write(&images)).is_ok_and(|again| again == images));
    }
}

/// Which pixels belong together.
pub fn grouping(bytes: &[u8]) {
    let input = Input::new(bytes);
    let image = ImageShape::grey(3, 4);
    let names: Vec<String> = (0..12).map(|place| format!("c{place}")).collect();
    match bounded(&input, ALLOWED_PER_BYTE, || {
        groups(&input.files, image, Some(&names))
    }) {
        Ok(found) => {
            let grouping = found.grouping;
            assert_eq!(grouping.of.len(), 12);
            let groups = 1..=grouping.names.len() as u32;
            assert!(groups.clone().all(|group| grouping.of.contains(&group)));
            assert!(grouping.of.iter().all(|of| *of == 0 || groups.contains(of)));
        }
        Err(error) => says(&error),
    }
}

/// Latents and results that were computed elsewhere.
pub fn found_elsewhere(bytes: &[u8]) {
    let input = Input::new(bytes);
    for file in &input.files {
        let _ = told(file);
    }
    if let Err(error) = bounded(&input, 8 * ALLOWED_PER_BYTE, || latents(&input.files)) {
        says(&error);
    }
    let options: ResultsOptions = ResultsOptions::default();
    match bounded(&input, 8 * ALLOWED_PER_BYTE, || {
        results(&input.files, &options)
    }) {
        Ok(found) => {
            let report = Report::of_results(found, Metric::Mse);
            assert_eq!(report.check(), Ok(()));
        }
        Err(error) => says(&error),
    }
}

/// What `read` gives, which may take so many times the files' bytes beside what is always allowed.
fn bounded<T>(input: &Input, per_byte: usize, read: impl FnOnce() -> T) -> T {
    let size: usize = input.files.iter().map(|file| file.bytes.len()).sum();
    let before = memory::start();
    let found = read();
    let taken = memory::peak() - before;
    assert!(
        taken <= ALLOWED + per_byte * size,
        "{taken} bytes were taken for files of {size}"
    );
    found
}

fn says(error: &ReadError) {
    let message = error.to_string();
    assert!(message.ends_with(['.', '?']), "no sentence: {message}");
}

//! What is made is what it is said to be.

use super::*;

/// Of counts that should be alike: the sum of squared deviations over what is expected.
fn chi_squared(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    let terms = counts
        .iter()
        .map(|&count| (f64::from(count) - expected).powi(2) / expected);
    terms.sum()
}

/// The standardised distance of a chi-squared sum from its mean: about standard normal for many degrees of freedom.
fn distance(counts: &[u32]) -> f64 {
    let freedom = counts.len() as f64 - 1.0;
    (chi_squared(counts) - freedom) / (2.0 * freedom).sqrt()
}

#[test]
fn all_values_of_factors_are_equally_likely_and_no_two_factors_go_together() {
    let shapes = Shapes::new(7);
    let drawn: Vec<[u32; 5]> = (0..60_000).map(|image| shapes.factors(image)).collect();
    for (at, factor) in Shapes::FACTORS.iter().enumerate() {
        let mut counts = vec![0; factor.levels as usize];
        for values in &drawn {
            counts[values[at] as usize] += 1;
        }
        assert!(distance(&counts) < 5.0, "{}: {counts:?}", factor.name);
        for (beside, other) in Shapes::FACTORS.iter().enumerate().skip(at + 1) {
            let mut counts = vec![0; (factor.levels * other.levels) as usize];
            for values in &drawn {
                counts[(values[at] * other.levels + values[beside]) as usize] += 1;
            }
            let both = (factor.name, other.name);
            assert!(distance(&counts) < 5.0, "{both:?}: {counts:?}");
        }
    }
}

#[test]
fn the_images_of_a_seed_are_its_own_and_more_of_them_begin_alike() {
    let few = make("shapes", 3, 40).unwrap();
    let more = make("shapes", 3, 90).unwrap();
    assert_ne!(few, make("shapes", 4, 40).unwrap());
    assert_eq!(
        few.classes
            .iter()
            .map(|class| class.images.count())
            .sum::<usize>(),
        40
    );
    for (few, more) in few.classes.iter().zip(&more.classes) {
        let first: Vec<usize> = (0..few.images.count()).collect();
        assert_eq!(few.name, more.name);
        assert_eq!(few.images, more.images.select(&first));
    }
}

#[test]
fn a_network_that_takes_bytes_is_given_such() {
    let made = make("shapes", 1, 9).unwrap();
    let stored = made.clone().as_stored();
    assert_eq!(
        stored.handling[1],
        "Values from 0 to 255 were taken as they are."
    );
    for (class, other) in made.classes.iter().zip(&stored.classes) {
        let numbers = other.images.pixels.clone().into_floats();
        assert_eq!(class.images.pixels.clone().into_floats(), numbers);
        assert!(matches!(other.images.pixels, Pixels::Floats(_)));
        assert!(numbers.contains(&255.0));
    }
    let numbers = make("rank-two", 1, 9).unwrap();
    assert_eq!(numbers.clone().as_stored(), numbers);
}

/// Red, green and blue of a pixel.
fn pixel(image: &[u8], row: usize, column: usize) -> [u8; 3] {
    let at = (row * 32 + column) * 3;
    [image[at], image[at + 1], image[at + 2]]
}

#[test]
fn one_step_of_x_or_y_moves_an_image_by_two_pixels() {
    for form in 0..3 {
        for size in 0..5 {
            for place in 0..7 {
                let before = Shapes::draw([form, size, 3, place, 4]);
                let right = Shapes::draw([form, size, 3, place + 1, 4]);
                let turned = Shapes::draw([form, size, 3, 4, place]);
                let down = Shapes::draw([form, size, 3, 4, place + 1]);
                for row in 0..32 {
                    for column in 0..30 {
                        assert_eq!(pixel(&right, row, column + 2), pixel(&before, row, column));
                        assert_eq!(pixel(&down, column + 2, row), pixel(&turned, column, row));
                    }
                    assert_eq!(pixel(&right, row, 0), [0; 3]);
                    assert_eq!(pixel(&down, 0, row), [0; 3]);
                }
            }
        }
    }
}

#[test]
fn hue_changes_channels_and_never_which_pixels_are_covered() {
    let covered = |hue| -> Vec<u8> {
        let image = Shapes::draw([2, 4, hue, 1, 6]);
        image
            .chunks(3)
            .map(|pixel| *pixel.iter().max().unwrap())
            .collect()
    };
    for hue in 1..8 {
        assert_eq!(covered(hue), covered(0));
    }
    // Red, red with three quarters of green, and green with as much blue.
    let middle = |hue| pixel(&Shapes::draw([0, 4, hue, 3, 3]), 15, 15);
    assert_eq!(middle(0), [255, 0, 0]);
    assert_eq!(middle(1), [255, 191, 0]);
    assert_eq!(middle(4), [0, 255, 255]);
}

#[test]
fn forms_cover_what_their_names_say_at_every_size() {
    for size in 0..5 {
        let side = f64::from(8 + 2 * size);
        let area = |form| -> f64 {
            let image = Shapes::draw([form, size, 0, 3, 3]);
            image
                .iter()
                .step_by(3)
                .map(|&red| f64::from(red) / 255.0)
                .sum()
        };
        assert_eq!(area(0), side * side);
        // By 16 points a pixel, the edge is known to about a quarter of a pixel.
        let within = side * 0.3;
        assert!(
            (area(1) - std::f64::consts::PI * side * side / 4.0).abs() < within,
            "{}",
            area(1)
        );
        assert!((area(2) - side * side / 2.0).abs() < within, "{}", area(2));
    }
    // All of the smallest and the largest place are in the picture.
    let edge = Shapes::draw([0, 4, 0, 0, 7]);
    assert_eq!(
        [pixel(&edge, 15, 1), pixel(&edge, 30, 16)],
        [[255, 0, 0]; 2]
    );
    assert_eq!([pixel(&edge, 15, 0), pixel(&edge, 31, 16)], [[0; 3]; 2]);
}

/// Mean of each column, and covariances of all pairs.
fn moments(rows: &[Vec<f32>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (count, columns) = (rows.len() as f64, rows[0].len());
    let mean = |column: usize| rows.iter().map(|row| f64::from(row[column])).sum::<f64>() / count;
    let means: Vec<f64> = (0..columns).map(mean).collect();
    let covariance = |one: usize, other: usize| {
        let product = |row: &Vec<f32>| {
            (f64::from(row[one]) - means[one]) * (f64::from(row[other]) - means[other])
        };
        rows.iter().map(product).sum::<f64>() / count
    };
    let of = |one| (0..columns).map(|other| covariance(one, other)).collect();
    (means.clone(), (0..columns).map(of).collect())
}

#[test]
fn waveforms_have_the_means_and_covariances_of_their_formula() {
    let made = Waveform::new(1);
    for class in 0..3 {
        let rows: Vec<Vec<f32>> = (0..30_000)
            .map(|row| made.row(row))
            .filter(|(of, _)| *of == class)
            .map(|(_, values)| values.to_vec())
            .collect();
        assert!(rows.len().abs_diff(10_000) < 500, "{}", rows.len());
        let (means, covariances) = moments(&rows);
        // The triangles as tables of other implementations have them.
        let tables = [
            [
                0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ],
            [
                0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0,
            ],
            [
                0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0,
            ],
        ];
        let [first, second] = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| [tables[a], tables[b]])[class];
        for at in 0..40 {
            let value =
                |table: &[i32; 21], at: usize| table.get(at).map_or(0.0, |&value| f64::from(value));
            let mean = f64::midpoint(value(&first, at), value(&second, at));
            assert!(
                (means[at] - mean).abs() < 0.12,
                "{class} {at}: {}",
                means[at]
            );
            for (beside, &found) in covariances[at].iter().enumerate() {
                // u is uniform: its variance is 1/12.
                let steep = |at| value(&first, at) - value(&second, at);
                let noise = f64::from(u8::from(at == beside));
                let expected = steep(at) * steep(beside) / 12.0 + noise;
                assert!(
                    (found - expected).abs() < 0.2,
                    "{class} {at} {beside}: {found}"
                );
            }
        }
    }
    let columns = Waveform::columns();
    assert_eq!(
        [&columns[0], &columns[20], &columns[21], &columns[39]],
        ["t = 1", "t = 21", "noise 1", "noise 19"]
    );
}

#[test]
fn signals_of_rank_2_are_two_numbers_and_noise_is_as_many_as_it_has_columns() {
    let made = RankTwo::new(5);
    let rows: Vec<Vec<f32>> = (0..20_000).map(|row| made.row(row).to_vec()).collect();
    let (means, covariances) = moments(&rows);
    for one in 0..40 {
        assert!(means[one].abs() < 0.05, "{one}: {}", means[one]);
        for (other, &found) in covariances[one].iter().enumerate() {
            // cos a cos b + sin a sin b, among columns of signal.
            let turn = std::f64::consts::TAU * (one as f64 - other as f64) / 20.0;
            let expected = match (one < 20, other < 20) {
                (true, true) => turn.cos(),
                (false, false) => f64::from(u8::from(one == other)),
                _ => 0.0,
            };
            assert!((found - expected).abs() < 0.05, "{one} {other}: {found}");
        }
    }
    // The class is the sign of the first number.
    let classes = make("rank-two", 5, 500).unwrap().classes;
    for (class, is_above) in classes.iter().zip([false, true]) {
        let values = class.images.pixels.clone().into_floats();
        assert!(
            values.chunks(40).all(|row| (row[0] >= 0.0) == is_above),
            "{}",
            class.name
        );
    }
    // All columns of signal follow from two of them: column 0 is the first number, column 5 the second.
    for row in &rows[..100] {
        for column in 0..20 {
            let [first, second] = RankTwo::weights(column);
            assert!((row[column] - first * row[0] - second * row[5]).abs() < 1e-5);
        }
    }
}

#[test]
fn what_cannot_be_made_is_refused_in_a_sentence() {
    let names = make("squares", 1, 100).unwrap_err();
    assert!(
        names.ends_with("choose one of shapes, waveform, rank-two."),
        "{names}"
    );
    for count in [0, 1, MOST + 1] {
        let refusal = make("waveform", 1, count).unwrap_err();
        assert!(refusal.contains("from 2 to 100000"), "{refusal}");
    }
    for kind in KINDS {
        let made = make(kind.name, 1, 12).unwrap();
        let rows: usize = made.classes.iter().map(|class| class.images.count()).sum();
        assert_eq!(rows, 12);
        assert!(
            made.classes
                .iter()
                .all(|class| class.images.image == made.image)
        );
        let named = made
            .columns
            .as_ref()
            .is_none_or(|columns| columns.len() == made.image.size());
        assert!(named, "{}", kind.name);
    }
}

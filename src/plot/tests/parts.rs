//! Charts of what has no latent importance, and of what has nothing but directions.

use super::record::bitmaps;
use super::scene::{draw, rectangles, says, style, texts, three};
use super::table::cells;
use crate::plot::figure::figure_height;
use crate::plot::{
    ColourScale, FigureSpec, Kind, Palette, Scale, figure_numbers, pair_numbers, pixel,
};
use crate::report::{ModelPart, ModelSource, Report};

const WIDE: (u32, u32) = (800, 300);

/// Three dimensions of 2 × 3 images by such a part of a model, which has no decoder.
fn without_decoder(part: ModelPart) -> (FigureSpec, Report) {
    let (spec, report) = three();
    let model = Some(ModelSource {
        part,
        ..ModelSource::default()
    });
    let report = Report {
        model,
        latent_importance: None,
        ..report
    };
    (spec, report)
}

#[test]
fn without_latent_importance_maps_have_all_the_room_and_nothing_is_said_of_bars() {
    for part in [ModelPart::Encoder, ModelPart::Results] {
        let (spec, report) = without_decoder(part);
        let (svg, layout) = draw(WIDE, Some(&report), &spec);
        assert!(layout.bars.is_empty());
        assert!(rectangles(&svg, style().accent).is_empty());
        assert!(
            !svg.contains("atent importance") && !svg.contains("dimension<"),
            "{svg}"
        );
        assert!(
            layout
                .summary
                .starts_with("Maps of pixel importance times direction")
        );
        let (_, whole) = draw(WIDE, Some(&three().1), &spec);
        assert!(layout.maps[0].width > whole.maps[0].width);
        let height = |report: &Report| figure_height(400.0, Some(report), &spec, &style());
        assert!(height(&report) < height(&three().1));

        let table = figure_numbers(Some(&report), &spec);
        assert_eq!(table.caption, "The pixels that move each dimension most");
        assert_eq!(table.columns.len(), 3);
        assert_eq!(cells(&table)[1], ["2", "1, 1", "1, 3"]);
    }
    // Before anything is known the room is as it will be.
    let (spec, report) = without_decoder(ModelPart::Encoder);
    let blank = Report {
        pixel_importance: None,
        direction: None,
        ..report
    };
    assert!(draw(WIDE, Some(&blank), &spec).1.bars.is_empty());
    let table = figure_numbers(Some(&blank), &spec);
    assert_eq!(table.caption, "Pixel importance is not known yet");
}

#[test]
fn a_class_of_one_image_has_its_place_for_bars_as_the_others_have() {
    let (spec, mut report) = three();
    report.classes[0].explained = 1;
    report.classes[1].explained = 5;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert_eq!(layout.bars.len(), 3);
    assert!(says(&svg, "one image: not measurable"));
}

#[test]
fn where_direction_alone_is_known_maps_show_it() {
    for part in [ModelPart::Latents, ModelPart::Results] {
        let (mut spec, report) = without_decoder(part);
        let report = Report {
            pixel_importance: None,
            ..report
        };
        for scale in [Scale::Shared, Scale::Each] {
            spec.scale = scale;
            let (svg, layout) = draw(WIDE, Some(&report), &spec);
            let said: Vec<String> = texts(&svg).into_iter().map(|(text, ..)| text).collect();
            for text in ["Pixel direction", "direction", "−1", "0", "1"] {
                assert!(said.iter().any(|found| found == text), "{text} of {said:?}");
            }
            assert_eq!(
                layout.summary,
                "Maps of the direction of pixels: red where the latent rises as the value rises, blue where it falls. \
                 How much they matter is not known."
            );
            // The first dimension is that of the signs 0, −1, 1, 0, 0 and 1, in full colours.
            let colours =
                ColourScale::new(Kind::Diverging, 1.0, Palette::Paper, style().background);
            let (maps, _) = bitmaps(WIDE, Some(&report), &spec, &style());
            for (at, sign) in [0.0, -1.0, 1.0, 0.0, 0.0, 1.0].into_iter().enumerate() {
                let cell = maps[0].cell((2, 3), at as u32 / 3, at as u32 % 3);
                assert_eq!(cell, colours.colour(sign), "pixel {at}");
            }
        }
        let table = figure_numbers(Some(&report), &spec);
        assert_eq!(
            table.caption,
            "Of pixels the direction alone is known, not how much they matter"
        );
        assert!(table.rows.is_empty());
        assert!(pair_numbers(Some(&report), &spec, None).rows.is_empty());
        let found = pixel(Some(&report), &spec, 0, (0.5, 0.25)).unwrap();
        assert!(found.importance.is_nan());
        assert_eq!((found.row, found.column, found.sign), (1, 2, Some(-1.0)));

        // Slopes are half the signs here.
        spec.threshold = 0.6;
        let (svg, _) = draw(WIDE, Some(&report), &spec);
        assert!(says(&svg, "Pixel direction (|slope| ≥ 0.6)"));
        let found = pixel(Some(&report), &spec, 0, (0.5, 0.25)).unwrap();
        assert_eq!(found.sign, Some(0.0));
    }
    // Of a network the importance is still to come.
    let (spec, mut report) = three();
    report.pixel_importance = None;
    assert!(!says(
        &draw(WIDE, Some(&report), &spec).0,
        "Pixel direction"
    ));
}

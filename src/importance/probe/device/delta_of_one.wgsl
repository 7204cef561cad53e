
/// By how much a column of the image at a place changed.
fn delta(place: u32, column: u32) -> f32 { return values[place]; }

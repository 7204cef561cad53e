
/// By how much a column of the image at a place changed.
fn delta(place: u32, column: u32) -> f32 {
  let after = values[rows[DONORS + place] * ALL_COLUMNS + column];
  return after - values[rows[place] * ALL_COLUMNS + column];
}

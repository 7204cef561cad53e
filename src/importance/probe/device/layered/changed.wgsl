// Places of changed images. Parameters: how many interventions, places of a block, of an intervention, and
// which block it is.

fn is_place(place: u32) -> bool {
  let at = place / parameters[1];
  return at < parameters[0] && place % parameters[1] < extents[at * EXTENT + LENGTH + parameters[3]];
}

/// Where the box of the inputs (0) or of a layer begins.
fn origin(place: u32, step: u32) -> vec2i {
  let word = place / parameters[1] * EXTENT + COLUMNS + 2u * step;
  return vec2i(i32(extents[word]), i32(extents[word + 1u]));
}

/// The place among those of all blocks.
fn place_of_all(place: u32) -> u32 {
  let at = place / parameters[1];
  return at * parameters[2] + parameters[3] * parameters[1] + place % parameters[1];
}

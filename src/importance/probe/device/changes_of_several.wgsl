// Of several columns: images are shuffled, and then looked up.

/// Where its columns are told.
fn feature(words: u32) -> u32 { return words; }

fn give(feature: u32, place: u32, donor: u32) { rows[place] = donor; }

fn exchange(one: u32, other: u32) {
  let image = rows[one];
  rows[one] = rows[other];
  rows[other] = image;
}

/// Whether what was given at the place `given` changes the image; by how much is put at `place`.
fn change(feature: u32, image: u32, given: u32, place: u32) -> bool {
  let donor = rows[given];
  var is_changed = false;
  for (var at = 0u; at < COLUMNS; at++) {
    let column = interventions[feature + at];
    var delta = 0f;
    if column != NO_COLUMN {
      let before = inputs[image * INPUTS + column];
      let after = inputs[donor * INPUTS + column];
      is_changed = is_changed || after != before;
      delta = after - before;
    }
    deltas[place * COLUMNS + at] = delta;
  }
  return is_changed;
}

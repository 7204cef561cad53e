// Of several columns: images are shuffled. By how much they change is read from the inputs where it is needed.

/// How many interventions.
@group(0) @binding(4) var<storage, read> parameters: array<u32>;

/// Where its columns are told.
fn feature(words: u32) -> u32 { return words; }

/// All columns are in one buffer.
fn is_here(feature: u32) -> bool { return true; }

fn give(feature: u32, place: u32, donor: u32) { rows[DONORS + place] = donor; }

fn exchange(one: u32, other: u32) {
  let image = rows[DONORS + one];
  rows[DONORS + one] = rows[DONORS + other];
  rows[DONORS + other] = image;
}

/// Whether what was given at the place `given` changes the image; who gave it is put at `place`.
fn change(feature: u32, image: u32, given: u32, place: u32) -> bool {
  let donor = rows[DONORS + given];
  for (var at = 0u; at < COLUMNS; at++) {
    let column = interventions[feature + at];
    if column == NO_COLUMN {
      break;
    }
    if inputs[image * ALL_COLUMNS + column] != inputs[donor * ALL_COLUMNS + column] {
      rows[DONORS + place] = donor;
      return true;
    }
  }
  return false;
}

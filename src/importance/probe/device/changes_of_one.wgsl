// Of one column, whose values themselves are shuffled.

/// By how much the image at a place changed.
@group(0) @binding(4) var<storage, read_write> deltas: array<f32>;
/// How many interventions; the first column of this buffer, and how many it has.
@group(0) @binding(5) var<storage, read> parameters: array<u32>;

/// The column, counted from the first of this buffer: of one before that, this is beyond all counts.
fn feature(words: u32) -> u32 { return interventions[words] - parameters[1]; }

/// Columns of another buffer are left to another launch.
fn is_here(column: u32) -> bool { return column < parameters[2]; }

fn give(column: u32, place: u32, donor: u32) { deltas[place] = inputs[donor * parameters[2] + column]; }

fn exchange(one: u32, other: u32) {
  let value = deltas[one];
  deltas[one] = deltas[other];
  deltas[other] = value;
}

/// Whether what was given at the place `given` changes the image; by how much is put at `place`.
fn change(column: u32, image: u32, given: u32, place: u32) -> bool {
  let before = inputs[image * parameters[2] + column];
  let after = deltas[given];
  if after == before {
    return false;
  }
  deltas[place] = after - before;
  return true;
}

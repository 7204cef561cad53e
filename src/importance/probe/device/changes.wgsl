// What interventions change in their features: which images, and by how much. One invocation each.
// What follows says how the values of a feature are exchanged.

/// Images x columns: all of them, or some that follow each other.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// WORDS of each: PERMUTED, ONE or GIVEN; the key of the permutation, the image whose values all are
/// given, or where in this array those stand whose values each of them is given; from and before which
/// row images are given any; its columns, and what else is told of it.
@group(0) @binding(1) var<storage, read_write> interventions: array<u32>;
/// The changed images of each, STRIDE places apart: of every BLOCK of images, in as many places.
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
/// EXTENT words of each: its columns and what else is told of it, then how many images of every block it
/// changed.
@group(0) @binding(3) var<storage, read_write> extents: array<u32>;

const PERMUTED = 0u;
const ONE = 1u;
/// Words before the columns.
const HEAD = 5u;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.x;
  if at >= parameters[0] {
    return;
  }
  let words = at * WORDS;
  let moved = feature(words + HEAD);
  if !is_here(moved) {
    return;
  }
  for (var word = 0u; word < LENGTH; word++) {
    extents[at * EXTENT + word] = interventions[words + HEAD + word];
  }
  let first = at * STRIDE;
  let key = vec2u(interventions[words + 1u], interventions[words + 2u]);
  let recipients = vec2u(interventions[words + 3u], interventions[words + 4u]);
  if interventions[words] == PERMUTED {
    for (var image = 0u; image < IMAGES; image++) {
      give(moved, first + image, image);
    }
    shuffle(first, key);
  } else {
    let is_one = interventions[words] == ONE;
    for (var image = recipients.x; image < recipients.y; image++) {
      var donor = key.x;
      if !is_one {
        donor = interventions[key.x + image - recipients.x];
      }
      give(moved, first + image, donor);
    }
  }
  for (var block = 0u; block < BLOCKS; block++) {
    let begin = block * BLOCK;
    var length = 0u;
    // Each is put where one was read already.
    for (var image = begin; image < min(begin + BLOCK, IMAGES); image++) {
      let is_given = image >= recipients.x && image < recipients.y;
      let place = first + begin + length;
      if is_given && change(moved, image, first + image, place) {
        rows[place] = image;
        length++;
      }
    }
    extents[at * EXTENT + LENGTH + block] = length;
  }
}

/// Fisher and Yates.
fn shuffle(first: u32, key: vec2u) {
  var state = key;
  for (var last = IMAGES - 1u; last > 0u; last--) {
    state = next(state);
    exchange(first + last, first + below(state, last + 1u));
  }
}

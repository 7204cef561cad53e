// How far interventions move the outputs: for each output, the sum over the changed images of its squared
// change, added to those of the blocks before. Parameters as in changed.wgsl.

const SUMMED = 128u;

@compute @workgroup_size(ACROSS, DOWN)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let output = id.x;
  let at = id.y;
  if output >= NUMBERS || at >= parameters[0] {
    return;
  }
  let words = at * EXTENT;
  let pixel = vec2u(output / FILTERS / WIDTH, output / FILTERS % WIDTH);
  let own = vec2i(pixel) - vec2i(i32(extents[words + COLUMNS + 2u * STEP]), i32(extents[words + COLUMNS + 2u * STEP + 1u]));
  var total = 0f;
  if own.x >= 0 && own.x < i32(BOX_HEIGHT) && own.y >= 0 && own.y < i32(BOX_WIDTH) {
    let number = (u32(own.x) * BOX_WIDTH + u32(own.y)) * FILTERS + output % FILTERS;
    let begin = at * parameters[1];
    let end = begin + extents[words + LENGTH + parameters[3]];
    // Squares are added up before their sum is: rounding then stays small, however many images there are.
    for (var first = begin; first < end; first += SUMMED) {
      var sum = 0f;
      for (var place = first; place < min(first + SUMMED, end); place++) {
        let change = below[place * OWN + number];
        sum += change * change;
      }
      total += sum;
    }
  }
  let so_far = select(totals[at * NUMBERS + output], 0f, parameters[3] == 0u);
  totals[at * NUMBERS + output] = so_far + total;
}

// How far interventions move the outputs: for each output, the sum over the changed images of its
// squared change. What follows says what an output has become, and binds `parameters`: how many
// interventions.

/// Images x OUTPUTS, unchanged.
@group(0) @binding(0) var<storage, read_write> outputs: array<f32>;
/// As changes.wgsl gives them.
@group(0) @binding(1) var<storage, read_write> rows: array<u32>;
@group(0) @binding(2) var<storage, read_write> extents: array<u32>;
/// Interventions x OUTPUTS.
@group(0) @binding(3) var<storage, read_write> totals: array<f32>;
/// Squares added up before their sum is: rounding then stays small, however many images there are.
const BLOCK = 128u;

@compute @workgroup_size(ACROSS, DOWN)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let output = id.x;
  let at = id.y;
  if output >= OUTPUTS || at >= parameters[0] {
    return;
  }
  let end = at * STRIDE + extents[at * EXTENT + LENGTH];
  var total = 0f;
  for (var block = at * STRIDE; block < end; block += BLOCK) {
    var sum = 0f;
    for (var place = block; place < min(block + BLOCK, end); place++) {
      let image = rows[place];
      let change = moved(at, place, output) - outputs[image * OUTPUTS + output];
      sum += change * change;
    }
    total += sum;
  }
  totals[at * OUTPUTS + output] = total;
}

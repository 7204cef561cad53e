// First-layer outputs of the images that interventions changed: sums of the unchanged image, moved
// along the weights of the changed inputs.

/// Images x UNITS, before the activation.
@group(0) @binding(0) var<storage, read_write> sums: array<f32>;
/// Inputs x UNITS.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// As changes.wgsl gives them.
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;
@group(0) @binding(4) var<storage, read_write> extents: array<u32>;
/// Places x UNITS.
@group(0) @binding(5) var<storage, read_write> outputs: array<f32>;
/// How many interventions.
@group(0) @binding(6) var<storage, read> parameters: array<u32>;

/// Each invocation computes a unit of PLACES places, which belong to one intervention.
@compute @workgroup_size(ACROSS, DOWN)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let at = id.y / (STRIDE / PLACES);
  if unit >= UNITS || at >= parameters[0] {
    return;
  }
  let weight = weights[extents[at * EXTENT] * UNITS + unit];
  let begin = id.y * PLACES;
  let end = min(begin + PLACES, at * STRIDE + extents[at * EXTENT + LENGTH]);
  for (var place = begin; place < end; place++) {
    var sum = sums[rows[place] * UNITS + unit] + deltas[place * COLUMNS] * weight;
    for (var column = 1u; column < COLUMNS; column++) {
      let weight = weights[extents[at * EXTENT + column] * UNITS + unit];
      sum += deltas[place * COLUMNS + column] * weight;
    }
    outputs[place * UNITS + unit] = activate(sum);
  }
}

// First-layer outputs of the images that interventions changed: sums of the unchanged image, moved
// along the weights of the changed inputs. What follows says by how much these changed (delta).

/// Images x UNITS, before the activation.
@group(0) @binding(0) var<storage, read_write> sums: array<f32>;
/// Inputs x UNITS.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// As changes.wgsl gives them; of one column deltas, of several the inputs.
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;
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
  let first = extents[at * EXTENT];
  let weight = weights[first * UNITS + unit];
  let begin = id.y * PLACES;
  let end = min(begin + PLACES, at * STRIDE + extents[at * EXTENT + LENGTH]);
  for (var place = begin; place < end; place++) {
    var sum = sums[rows[place] * UNITS + unit] + delta(place, first) * weight;
    for (var other = 1u; other < COLUMNS; other++) {
      let column = extents[at * EXTENT + other];
      if column == NO_COLUMN {
        break;
      }
      sum += delta(place, column) * weights[column * UNITS + unit];
    }
    outputs[place * UNITS + unit] = activate(sum);
  }
}

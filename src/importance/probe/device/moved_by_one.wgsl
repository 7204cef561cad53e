// By a network of one layer: a sum of the unchanged image, moved along the weights of the changed
// inputs. What follows says by how much these changed (delta).

/// Of one column deltas, as changes.wgsl gives them; of several the inputs.
@group(0) @binding(4) var<storage, read_write> values: array<f32>;
/// Images x OUTPUTS, before the activation.
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
/// Inputs x OUTPUTS.
@group(0) @binding(6) var<storage, read_write> weights: array<f32>;
@group(0) @binding(7) var<storage, read> parameters: array<u32>;

fn moved(at: u32, place: u32, output: u32) -> f32 {
  let first = extents[at * EXTENT];
  var sum = sums[rows[place] * OUTPUTS + output] + delta(place, first) * weights[first * OUTPUTS + output];
  for (var other = 1u; other < COLUMNS; other++) {
    let column = extents[at * EXTENT + other];
    if column == NO_COLUMN {
      break;
    }
    sum += delta(place, column) * weights[column * OUTPUTS + output];
  }
  return activate(sum);
}

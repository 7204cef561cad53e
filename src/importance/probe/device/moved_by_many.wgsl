
// By several layers, the last of which gave these outputs.

/// Places x OUTPUTS.
@group(0) @binding(4) var<storage, read_write> changed: array<f32>;
@group(0) @binding(5) var<storage, read> parameters: array<u32>;

fn moved(at: u32, place: u32, output: u32) -> f32 {
  return changed[place * OUTPUTS + output];
}

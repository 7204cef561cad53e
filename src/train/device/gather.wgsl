// The images of a batch, put together; those that are in another buffer are left to another launch.

/// Images x PIXELS, those of this buffer.
@group(0) @binding(0) var<storage, read_write> images: array<f32>;
/// Which image comes when.
@group(0) @binding(1) var<storage, read_write> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> batch: array<f32>;
/// Where in the order the batch begins; how many images it has; the first image of this buffer, and how many it has.
@group(0) @binding(3) var<storage, read> parameters: array<u32>;

/// Each invocation copies a pixel of ROWS images.
@compute @workgroup_size(ACROSS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x >= PIXELS {
    return;
  }
  let end = min((id.y + 1u) * ROWS, parameters[1]);
  for (var place = id.y * ROWS; place < end; place++) {
    // Of an image before the first, this is beyond all counts.
    let image = order[parameters[0] + place] - parameters[2];
    if image < parameters[3] {
      batch[place * PIXELS + id.x] = images[image * PIXELS + id.x];
    }
  }
}

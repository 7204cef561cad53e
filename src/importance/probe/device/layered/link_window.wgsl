// Through a window that moves over what lies below.

fn link(axis: Axis, output: i32, first: i32, step: i32) -> Link {
  var place = step;
  var at = output * axis.stride + step * axis.dilation - axis.before - first;
  if axis.box < axis.kernel {
    let reached = first + step + axis.before - output * axis.stride;
    place = reached / axis.dilation;
    at = select(-1i, step, reached >= 0 && place < axis.kernel && place * axis.dilation == reached);
  }
  return Link(u32(place), u32(at), select(0f, share(axis, output), at >= 0 && at < axis.box));
}

fn share(axis: Axis, output: i32) -> f32 {
  if MEAN == 0u {
    return 1f;
  }
  var count = axis.kernel;
  if MEAN == 1u {
    let begin = output * axis.stride - axis.before;
    count = 0;
    for (var place = 0; place < axis.kernel; place++) {
      let at = begin + place * axis.dilation;
      count += select(0, 1, at >= 0 && at < axis.below);
    }
  }
  return 1f / f32(count);
}

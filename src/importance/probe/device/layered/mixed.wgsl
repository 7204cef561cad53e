// Of all channels of a group, by weights: of a window (WEIGHT_ROWS of each of its places), and biases.

fn along(place: u32, row: Link, column: Link, unit: u32) -> Numbers {
  let begin = unit / EACH * SEEN;
  var weight = (row.kernel * u32(COLUMNS_OF.kernel) + column.kernel) * WEIGHT_ROWS * WEIGHT_COLUMNS;
  if REVERSED == 1u {
    weight += begin * WEIGHT_COLUMNS + unit % EACH;
  } else {
    weight += unit;
  }
  var source = ((place * u32(ROWS.box) + row.at) * u32(COLUMNS_OF.box) + column.at) * CHANNELS + begin;
  var sums = Numbers();
  for (var channel = 0u; channel < SEEN; channel++) {
    sums += below[source] * weights_at(weight);
    source++;
    weight += WEIGHT_COLUMNS;
  }
  return sums;
}

fn bias(unit: u32) -> f32 { return weights[BIAS + unit]; }

// Each channel by itself, with a factor and an offset.

fn along(place: u32, row: Link, column: Link, channel: u32) -> Numbers {
  let source = (place * u32(ROWS.box) + row.at) * u32(COLUMNS_OF.box) + column.at;
  return below[source * CHANNELS + channel] * weights[channel];
}

fn bias(channel: u32) -> f32 { return weights[CHANNELS + channel]; }

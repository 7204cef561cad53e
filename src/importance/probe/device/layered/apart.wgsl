// Each channel by itself.

fn along(place: u32, row: Link, column: Link, channel: u32) -> Numbers {
  let source = (place * u32(ROWS.box) + row.at) * u32(COLUMNS_OF.box) + column.at;
  return row.share * column.share * below[source * CHANNELS + channel];
}

fn bias(channel: u32) -> f32 { return 0f; }

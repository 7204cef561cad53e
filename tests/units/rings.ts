/** Images that every test can draw: discs (class 2) and rings (class 7), each a little different. */
export function rings(count = 40) {
  const [height, width] = [6, 5];
  const pixels = new Uint8Array(count * height * width);
  const labels = Array.from({ length: count }, (_, image) => (image % 2 ? 7 : 2));
  for (let image = 0; image < count; image += 1) {
    const radius = 1.2 + 0.05 * (image % 20);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const off = Math.hypot(row - 2.5 - 0.1 * (image % 3), column - 2 + 0.1 * (image % 5));
      const inside = labels[image] === 7 ? off < radius + 1 && off > radius - 0.3 : off < radius;
      pixels[image * height * width + pixel] = inside ? 255 - 3 * image : 2 * pixel;
    }
  }
  return { pixels, height, width, labels, names: { 2: "disc" } };
}

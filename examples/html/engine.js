import { Lens } from "./latent-lens/engine.js";

const told = document.querySelector("#told");
let controller = new AbortController();

/** 200 images of 8 × 8 pixels: bars that lie (class 0) and bars that stand (class 1). */
function bars() {
  const pixels = new Uint8Array(200 * 64);
  const labels = Array.from({ length: 200 }, (_, image) => image % 2);
  for (let image = 0; image < 200; image += 1) {
    for (let along = 0; along < 8; along += 1) {
      const at = (image * 5) % 7;
      const pixel = labels[image] ? along * 8 + at : at * 8 + along;
      pixels[image * 64 + pixel] = 255;
    }
  }
  return { pixels, height: 8, width: 8, labels, names: { 0: "lying", 1: "standing" } };
}

/** How far each pixel moves any latent dimension, from white to black. */
function draw({ mean }) {
  const [pixels, dims] = mean.shape;
  const moved = Array.from({ length: pixels }, (_, pixel) =>
    mean.data.subarray(pixel * dims, (pixel + 1) * dims).reduce((sum, each) => sum + each),
  );
  const context = document.querySelector("canvas").getContext("2d");
  const image = context.createImageData(8, 8);
  for (const [pixel, value] of moved.entries()) {
    image.data[4 * pixel + 3] = (255 * value) / Math.max(...moved);
  }
  context.putImageData(image, 0, 0);
}

document.querySelector("#run").addEventListener("click", async () => {
  controller.abort();
  controller = new AbortController();
  const lens = await Lens.open();
  try {
    const { report } = await lens.run(
      bars(),
      { dims: 4, epochs: 100 },
      {
        signal: controller.signal,
        onProgress: ({ stage, done, total }) =>
          (told.textContent = `${stage}: ${done} of ${total}`),
      },
    );
    draw(report.pixel_importance);
    told.textContent = `Loss: ${report.training.held_out_loss.at(-1).toFixed(4)}`;
  } catch (error) {
    told.textContent = error.message;
  } finally {
    lens.close();
  }
});

document.querySelector("#cancel").addEventListener("click", () => controller.abort());

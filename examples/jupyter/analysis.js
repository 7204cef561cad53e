async function analyse(model) {
  const home = new URL(model.get("home"), document.baseURI);
  const { Lens } = await import(new URL("engine.js", home));
  const tell = (progress) => {
    model.set("progress", progress);
    model.save_changes();
  };
  const { pixels, floats, height, width, labels } = model.get("_images");
  const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const images = {
    pixels: floats ? new Float32Array(bytes(pixels).slice().buffer) : bytes(pixels),
    height,
    width,
    labels: bytes(labels),
  };
  const lens = await Lens.open();
  try {
    const { report } = await lens.run(images, model.get("settings"), {
      onProgress: ({ stage, done, total }) => tell(`${stage}: ${Math.floor(done)} of ${total}`),
    });
    model.set("_matrices", {
      pixel_importance: report.pixel_importance.mean,
      direction: report.direction.sign,
      latent_importance: report.latent_importance.mean,
      latents: report.encoded.latents,
    });
    tell("done");
  } catch (error) {
    tell(error.message);
  } finally {
    lens.close();
  }
}

/** The notebook does not wait for it. */
function initialize({ model }) {
  void analyse(model);
}

function render({ model, el }) {
  const show = () => (el.textContent = model.get("progress"));
  show();
  model.on("change:progress", show);
}

export default { initialize, render };

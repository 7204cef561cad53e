async function render({ model, el }) {
  const home = new URL(model.get("home"), document.baseURI);
  await import(new URL("latent-lens.js", home));
  const lens = document.createElement("latent-lens");
  const set = () => {
    for (const [name, value] of Object.entries(model.get("settings"))) {
      lens.setAttribute(name, value);
    }
  };
  const tell = () => {
    model.set("phase", lens.phase);
    model.save_changes();
  };
  lens.addEventListener("lens-progress", tell);
  lens.addEventListener("lens-error", tell);
  lens.addEventListener("lens-done", ({ detail: { report } }) => {
    model.set("_matrices", {
      pixel_importance: report.pixel_importance.mean,
      direction: report.direction.sign,
      latent_importance: report.latent_importance.mean,
      latents: report.encoded.latents,
    });
    tell();
  });
  set();
  model.on("change:settings", set);
  el.append(lens);
}

export default { render };

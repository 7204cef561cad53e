/** The explorer in a document: the script beside this one registers the element, with all its files in it. */
HTMLWidgets.widget({
  name: "latentlens",
  type: "output",
  factory(el) {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const numbers = (data, floats) => (floats ? new Float32Array(data.buffer) : data);

    async function show({ settings, images, files, as }) {
      await globalThis.latentLensLoaded;
      const lens = Object.assign(document.createElement("latent-lens"), settings);
      if (images) {
        const { data, floats, ...told } = images;
        lens.images = { ...told, data: numbers(bytes(data), floats) };
      }
      // Images first: a model is explained as soon as it is there.
      el.replaceChildren(lens);
      const brought = Object.entries(files ?? {});
      if (!brought.length) return;
      await lens.open(
        brought.map(([name, content]) => ({ name, content: new Blob([bytes(content)]) })),
        as,
      );
    }

    return {
      renderValue(told) {
        show(told).catch((error) => {
          el.textContent = `latent-lens cannot be shown here: ${error.message}`;
        });
      },
      resize() {},
    };
  },
});

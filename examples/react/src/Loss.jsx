import { useEffect, useState } from "react";

/** Not bundled: its workers and WebAssembly lie beside it. */
const ENGINE = new URL("latent-lens/engine.js", document.baseURI).href;

/** The loss of an autoencoder that is trained without a picture, anew for other `dims`. */
export function Loss({ dims }) {
  const [loss, setLoss] = useState([]);
  useEffect(() => {
    const controller = new AbortController();
    train(dims, controller.signal, setLoss).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
    return () => controller.abort();
  }, [dims]);
  return <p id="loss">{loss.map((each) => each.toFixed(3)).join(" → ")}</p>;
}

async function train(dims, signal, setLoss) {
  const { Lens } = await import(/* @vite-ignore */ ENGINE);
  const lens = await Lens.open();
  try {
    await lens.train(
      noise(),
      { dims, epochs: 5 },
      {
        signal,
        onProgress: ({ report }) => setLoss(report.training?.held_out_loss ?? []),
      },
    );
  } finally {
    lens.close();
  }
}

/** 100 images of 8 × 8 pixels. */
function noise() {
  const pixels = Uint8Array.from({ length: 100 * 64 }, (_, at) => (at * at) % 251);
  return { pixels, height: 8, width: 8 };
}

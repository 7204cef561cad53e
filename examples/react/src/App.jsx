import { useState } from "react";

import { Loss } from "./Loss";

export function App() {
  const [dims, setDims] = useState(8);
  const [report, setReport] = useState(null);
  return (
    <main>
      <label>
        Latent dimensions{" "}
        <input
          type="number"
          min="1"
          max="64"
          value={dims}
          onChange={(event) => setDims(event.target.valueAsNumber)}
        />
      </label>
      <latent-lens epochs="10" dims={dims} onlens-done={({ detail }) => setReport(detail.report)} />
      {report && <p id="told">{report.encoded.labels.length} images were held out.</p>}
      <Loss dims={dims} />
    </main>
  );
}

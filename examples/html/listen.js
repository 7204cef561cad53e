const lens = document.querySelector("latent-lens");
const told = document.querySelector("#told");

lens.addEventListener("lens-progress", ({ detail }) => {
  told.textContent = `${detail.stage}: ${Math.floor((100 * detail.done) / detail.total)} %`;
});

lens.addEventListener("lens-done", ({ detail: { report } }) => {
  const loss = report.training.held_out_loss.at(-1);
  told.textContent = `Loss on images it has not seen: ${loss.toFixed(4)}`;
});

lens.addEventListener("lens-error", ({ detail }) => {
  told.textContent = detail.message;
});

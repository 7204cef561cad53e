const lens = document.querySelector("latent-lens");
const told = document.querySelector("#told");

lens.addEventListener("progress", ({ detail }) => {
  told.textContent = `${detail.stage}: ${Math.floor((100 * detail.done) / detail.total)} %`;
});

lens.addEventListener("done", ({ detail: { report } }) => {
  const loss = report.training.held_out_loss.at(-1);
  told.textContent = `Loss on images it has not seen: ${loss.toFixed(4)}`;
});

lens.addEventListener("error", ({ detail }) => {
  told.textContent = detail.message;
});

export default {
  title: "latent-lens",
  root: "src",
  sidebar: false,
  // Nothing from other servers.
  globalStylesheets: [],
};

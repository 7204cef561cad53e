export default {
  title: "latent-lens",
  root: "src",
  sidebar: false,
  // Nothing from other servers but the element itself.
  globalStylesheets: [],
};

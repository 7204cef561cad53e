project = "latent-lens in Sphinx"
extensions = ["latent_lens.sphinx"]
exclude_patterns = ["README.md"]

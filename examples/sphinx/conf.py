project = "latent-lens in Sphinx"
html_static_path = ["_static"]
html_js_files = [("latent-lens/latent-lens.js", {"type": "module"})]
exclude_patterns = ["_static", "README.md"]

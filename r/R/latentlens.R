# Arguments and values: man/latentlens.Rd.
latentlens <- function(x = NULL, labels = NULL, model = NULL, ..., names = NULL, size = NULL, title = NULL,
                       width = NULL, elementId = NULL) {
  images <- if (!is.null(x)) images_of(x, labels, names, size, title)
  show_widget(list(images = images, files = files_of(model)), list(...), width, elementId)
}

# Arguments and values: man/latentlens_results.Rd.
latentlens_results <- function(input = NULL, direction = NULL, encoded = NULL, ..., width = NULL, elementId = NULL) {
  results <- Filter(Negate(is.null), list(input = input, direction = direction, encoded = encoded))
  if (!length(results)) {
    refuse("There are no results: give what vimp_input, vimp_direction or vimp_encoded has returned.")
  }
  file <- tempfile(fileext = ".RData")
  on.exit(unlink(file))
  save(list = base::names(results), envir = list2env(results), file = file)
  told <- list(files = list("vimp.RData" = encoded_file(file)), as = "results")
  show_widget(told, list(...), width, elementId)
}

# The element gives itself the height that it needs.
show_widget <- function(told, settings, width, elementId) {
  createWidget(
    "latentlens", c(list(settings = properties_of(settings)), Filter(length, told)),
    width = width, package = "latentlens", elementId = elementId,
    sizingPolicy = sizingPolicy(
      defaultWidth = "100%", defaultHeight = "auto", padding = 16,
      viewer.fill = FALSE, browser.fill = FALSE, knitr.figure = FALSE
    )
  )
}

# The files of a model, by name.
files_of <- function(model) {
  if (is.null(model)) return(NULL)
  if (!is.character(model) || anyNA(model)) {
    refuse(
      "A model is given by the path of its file, and is of class ", class(model)[1],
      ": save it first, with keras3::save_model(model, \"model.keras\") for example."
    )
  }
  missing <- model[!file.exists(model) | dir.exists(model)]
  if (length(missing)) refuse("There is no file \"", missing[1], "\" of a model.")
  files <- lapply(model, encoded_file)
  base::names(files) <- basename(model)
  files
}

encoded_file <- function(path) base64_enc(readBin(path, "raw", file.size(path)))

refuse <- function(...) stop(..., call. = FALSE)

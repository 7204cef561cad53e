library(latentlens)

# What is said where something cannot be used.
refused <- function(call) {
  message <- tryCatch({
    call
    "nothing was refused"
  }, error = conditionMessage)
  function(words) if (!grepl(words, message, fixed = TRUE)) stop("not said: ", words, "; but: ", message)
}
# The numbers that the element is handed.
numbers <- function(widget) {
  images <- widget$x$images
  data <- jsonlite::base64_dec(images$data)
  if (images$floats) readBin(data, "double", length(data) / 4, size = 4) else as.integer(data)
}

# Image n has 10 n + 3 row + column at its pixels: the last index runs fastest.
x <- array(0, c(4, 2, 3))
for (n in 1:4) for (row in 1:2) for (column in 1:3) x[n, row, column] <- 10 * n + 3 * row + column
row_by_row <- c(t(sapply(1:4, function(n) 10 * n + c(4, 5, 6, 7, 8, 9))))
row_by_row <- as.vector(t(matrix(row_by_row, 4)))
widget <- latentlens(x, c("owl", "cat", "owl", "cat"), hidden_layers = 8)
stopifnot(
  identical(numbers(widget), as.integer(row_by_row)),
  !widget$x$images$floats,
  all.equal(widget$x$images$shape, c(4, 2, 3)),
  identical(widget$x$images$labels, list("owl", "cat", "owl", "cat")),
  # A list stays one in JSON, and names are those of the element.
  identical(widget$x$settings$hiddenLayers, list(8)),
  identical(widget$x$settings$engine, "cpu")
)
# The same as a matrix, and as halves, which are floats.
matrix <- t(apply(x, 1, function(image) as.vector(t(image))))
stopifnot(
  identical(numbers(latentlens(matrix, size = c(2, 3))), as.integer(row_by_row)),
  identical(numbers(latentlens(x / 2)), row_by_row / 2),
  identical(numbers(latentlens(array(as.raw(x), dim(x)))), as.integer(row_by_row))
)
# Channels come last; those that come first are told how.
colours <- array(1:24, c(2, 2, 2, 3))
stopifnot(identical(numbers(latentlens(colours))[1:3], colours[1, 1, 1, ]))
refused(latentlens(array(0, c(2, 3, 4, 4))))("aperm(x, c(1, 3, 4, 2))")

# A table keeps the names of its columns; one of them may be the labels.
flowers <- latentlens(iris, "Species", title = "irises")
stopifnot(
  identical(unlist(flowers$x$images$columns), names(iris)[1:4]),
  all.equal(flowers$x$images$shape, c(150, 1, 4)),
  identical(flowers$x$images$labels[[1]], "setosa"),
  identical(flowers$x$images$name, "irises")
)
named <- latentlens(x, c(0, 1, 0, 1), names = c("0" = "owl"))
stopifnot(identical(named$x$images$labels, list("owl", "1", "owl", "1")))

refused(latentlens(iris))("Column \"Species\" of the table holds no numbers")
refused(latentlens(matrix))("Rows of 6 numbers make no square")
refused(latentlens(matrix, size = c(2, 2)))("size takes 4 numbers, and each row has 6")
refused(latentlens(x, 1:3))("There are 4 images and 3 labels")
refused(latentlens(x, c(1, 2, NA, 1)))("without gaps")
x[3, 1, 1] <- NA
refused(latentlens(x))("Image 3 holds a value that is missing")
refused(latentlens(letters))("Images must be numbers")
refused(latentlens(dims = 4, unknown = 1))("There is no setting \"unknown\"")
refused(latentlens(metric = "unknown"))("metric must be one of mse, rmse, and is unknown")
refused(latentlens(engine = "webgpu"))("CPU engine alone")
refused(latentlens(model = "nowhere.keras"))("There is no file \"nowhere.keras\"")
refused(latentlens(model = 1))("save it first")
refused(latentlens_results())("There are no results")

# A model's file is handed over as it is.
file <- file.path(tempdir(), "model.keras")
writeBin(as.raw(c(0, 1, 254, 255)), file)
stopifnot(identical(
  jsonlite::base64_dec(latentlens(model = file)$x$files[["model.keras"]]), as.raw(c(0, 1, 254, 255))
))

# Results are read back as they were.
direction <- outer(1:9, 1:2, function(i, j) (i + j) %% 3 - 1)
results <- latentlens_results(direction = direction)$x
writeBin(jsonlite::base64_dec(results$files[["vimp.RData"]]), file)
found <- new.env()
stopifnot(identical(load(file, found), "direction"), identical(found$direction, direction))

settings <- latentlens_settings()
stopifnot(c("dims", "hidden_layers", "explain_class", "image_colours", "dataset") %in% settings$name)
stopifnot(!duplicated(settings$name))

# Images as the element takes them: their numbers row by row, the channels of a pixel side by side.
images_of <- function(x, labels, names, size, title) {
  columns <- NULL
  if (is.data.frame(x)) {
    if (is.character(labels) && length(labels) == 1 && labels %in% base::names(x)) {
      column <- labels
      labels <- x[[column]]
      x <- x[base::names(x) != column]
    }
    words <- base::names(x)[!vapply(x, function(column) is.numeric(column) || is.logical(column), NA)]
    if (length(words)) {
      refuse("Column \"", words[1], "\" of the table holds no numbers: leave it out, or name it as labels.")
    }
    if (is.null(size)) columns <- base::names(x)
    x <- as.matrix(x)
  }
  if (!is.numeric(x) && !is.logical(x) && !is.raw(x)) {
    refuse("Images must be numbers, and these are of class ", class(x)[1], ".")
  }
  if (is.raw(x)) x <- array(as.integer(x), dim(x))
  shape <- shape_of(dim(x), size, columns)
  if (!length(x)) refuse("There are no images: the array has the shape ", written(dim(x)), ".")
  if (!all(is.finite(x))) {
    at <- which(!is.finite(x), arr.ind = TRUE)[1, 1]
    refuse("Image ", at, " holds a value that is missing or infinite: put another in its place, or leave it out.")
  }
  # The last index runs fastest.
  numbers <- as.vector(aperm(x, rev(seq_along(dim(x)))))
  bytes <- all(numbers == round(numbers)) && min(numbers) >= 0 && max(numbers) > 1 && max(numbers) <= 255
  data <- if (bytes) as.raw(numbers) else writeBin(as.numeric(numbers), raw(), size = 4)
  told <- list(
    data = base64_enc(data), floats = !bytes, shape = shape, labels = labels_of(labels, shape[1], names),
    columns = if (!is.null(columns)) as.list(columns),
    name = if (is.null(title)) "the document\u2019s images" else title
  )
  Filter(Negate(is.null), told)
}

# Their number, height, width and, where there are any, channels.
shape_of <- function(found, size, columns) {
  if (!length(found) %in% 2:4) {
    refuse("Images must be an array of images x height x width (x channels) or a matrix of images x numbers.")
  }
  if (!is.null(columns)) return(c(found[1], 1, found[2]))
  if (length(found) > 2) {
    if (!is.null(size)) refuse("size is for a matrix, and the array is ", written(found), ": leave it out.")
    if (length(found) == 4 && !found[4] %in% c(1, 3)) {
      refuse(
        "The array is ", written(found), ": channels, 1 or 3 of them, must come last. Of channels first, ",
        "give aperm(x, c(1, 3, 4, 2))."
      )
    }
    return(found)
  }
  if (is.null(size)) {
    side <- round(sqrt(found[2]))
    if (side < 2 || side^2 != found[2]) {
      refuse(
        "Rows of ", found[2], " numbers make no square: say size = c(height, width), or give a data frame whose ",
        "columns have names."
      )
    }
    size <- c(side, side)
  }
  if (!length(size) %in% 2:3 || prod(size) != found[2]) {
    refuse("size takes ", prod(size), " numbers, and each row has ", found[2], ": say c(height, width).")
  }
  c(found[1], size)
}

labels_of <- function(labels, count, names) {
  if (is.null(labels)) return(NULL)
  if (is.factor(labels)) labels <- as.character(labels)
  if (is.matrix(labels) && ncol(labels) > 1) {
    refuse("Labels must be one for each image: of one-hot labels, give max.col(labels) - 1.")
  }
  labels <- as.vector(labels)
  if (length(labels) != count) {
    refuse("There are ", count, " images and ", length(labels), " labels: each image needs one.")
  }
  whole <- is.numeric(labels) && all(is.finite(labels)) && all(labels == round(labels))
  if (anyNA(labels) || !(whole || is.character(labels))) {
    refuse("Labels must be whole numbers, texts or a factor, without gaps.")
  }
  if (!is.null(names)) {
    called <- unlist(names)[as.character(labels)]
    labels <- unname(ifelse(is.na(called), as.character(labels), called))
  }
  # Of one image there is a list, too.
  as.list(labels)
}

written <- function(shape) paste(shape, collapse = " x ")

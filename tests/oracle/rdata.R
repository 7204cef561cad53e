# Small files as R writes them, for the reader of R's own files.
#
#     Rscript rdata.R [FOLDER]     writes them to ../readers/r
#
# What is in them follows from a rule, so that the tests need no other record of it: pixel (row,
# column) of image n is 10 n + 3 row + column, all counted from 1.

folder <- commandArgs(trailingOnly = TRUE)
folder <- if (length(folder)) folder else file.path("..", "readers", "r")
to <- function(name) file.path(folder, name)

images <- function(count, height = 2, width = 3, first = 1) {
  x <- array(0, c(count, height, width))
  for (n in 1:count) for (r in 1:height) for (k in 1:width) {
    x[n, r, k] <- 10 * (n + first - 1) + 3 * r + k
  }
  x
}

x <- images(4)
y <- c(3L, 1L, 3L, 1L)
save(x, y, file = to("double-and-integer.RData"))
save(x, y, file = to("version-2.rda"), version = 2)
save(x, y, file = to("text.rda"), ascii = TRUE)
save(x, y, file = to("plain.RData"), compress = FALSE)
save(x, y, file = to("bzip2.RData"), compress = "bzip2")
save(x, y, file = to("xz.rda"), compress = "xz")

# As `dataset_mnist()` of R's keras gives them, with numbers that are whole.
mnist <- list(
  train = list(x = array(as.integer(images(6)), c(6, 2, 3)), y = array(c(0:2, 0:2), 6)),
  test = list(x = array(as.integer(images(3, first = 7)), c(3, 2, 3)), y = array(0:2, 3))
)
save(mnist, file = to("lists.RData"))

# Labels of every kind, which a sequence and a factor are as well.
saveRDS(y, to("integer.rds"))
saveRDS(c(3, 1, 3, 1), to("double.rds"))
saveRDS(c(20231000, 20231001, 20231000, 20231001), to("large.rds"))
saveRDS(c(TRUE, FALSE, TRUE, FALSE), to("logical.rds"))
saveRDS(c("B\u00e4r", "Hund", "B\u00e4r", "Hund"), to("character.rds"))
saveRDS(enc2native(iconv(c("B\u00e4r", "Hund", "B\u00e4r", "Hund"), "UTF-8", "latin1")), to("latin1.rds"))
saveRDS(factor(c("owl", "cat", "owl", "cat"), levels = c("owl", "cat")), to("factor.rds"))
saveRDS(1:4, to("sequence.rds"))
saveRDS(as.character(1:4), to("deferred.rds"))
saveRDS(c(3L, NA, 3L, 1L), to("missing.rds"))
saveRDS(matrix(aperm(x, c(1, 3, 2)), 4), to("matrix.rds"))
saveRDS(matrix(as.raw(c(0, 255, 7, 9, 1, 2, 3, 4)), 2), to("raw.rds"))

# A table, and a matrix whose columns have names.
table <- data.frame(kind = factor(c("owl", "cat", "owl", "cat")), a = c(0, 0.25, 0.5, 1), b = 1:4)
saveRDS(table, to("frame.rds"))
saveRDS(cbind(label = y, a = c(0, 0.25, 0.5, 1), b = 1:4, c = 4:1, d = 0), to("names.rds"))

# A workspace with other things in it.
square <- function(x) x^2
surroundings <- new.env()
formula <- y ~ x
side <- 2L
complex <- 1i
save(list = c("square", "surroundings", "x", "formula", "side", "y", "complex"),
     file = to("workspace.RData"))

# As AudioMNIST's authors publish it: labels of the test images alone, and the places of those.
y_test <- c(1L, 0L, 1L, 0L)
save(y_test, file = to("y_test.RData"))
test_indices <- c(2L, 5L, 9L, 11L)
save(test_indices, file = to("test_indices.RData"))

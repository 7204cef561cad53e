# Results in the forms in which R's package aim returns them, for the reader of results.
#
#     Rscript aim.R [FOLDER]     writes them to ../readers/r
#
# What is in them follows from a rule: pixel i of a 3 x 3 image, counted from 1 row by row, and dimension j of 2 have
# V = i + 10 j, S = (i + j) %% 3 - 1; class k of "Bag", "Coat" and dimension j have IE = k + j / 10, and the third class,
# of which there are no images, has 0.

folder <- commandArgs(trailingOnly = TRUE)
folder <- if (length(folder)) folder else file.path("..", "readers", "r")
to <- function(name) file.path(folder, name)

# As vimp_input: a list of one table for each dimension, in which Row runs fastest and line i is column i of the images.
map <- function(j) data.frame(Row = rep(1:3, 3), Col = rep(1:3, each = 3), Value = 1:9 + 10 * j)
input <- list(Vimp = list("1" = map(1), "2" = map(2)))

# As vimp_direction: a matrix without names.
direction <- outer(1:9, 1:2, function(i, j) (i + j) %% 3 - 1)

# As vimp_encoded: a table in long form.
encoded <- expand.grid(EncodedDimension = 1:2, Class = c("Bag", "Coat", "Hat"), stringsAsFactors = FALSE)
k <- match(encoded$Class, c("Bag", "Coat", "Hat"))
encoded$Importance <- ifelse(k == 3, 0, k + encoded$EncodedDimension / 10)
encoded <- encoded[, c("Class", "EncodedDimension", "Importance")]

save(input, direction, encoded, file = to("aim.RData"))
saveRDS(input, to("aim-input.rds"))
saveRDS(direction, to("aim-direction.rds"))
write.csv(encoded, to("aim-encoded.csv"))

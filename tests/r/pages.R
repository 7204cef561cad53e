# Documents with the R package, as a person knits them, in the folder of the argument:
#
#     Rscript pages.R FOLDER
#
# `whole.html` is one file; `parts.html` has its scripts beside it; `results.html` shows results of aim.

folder <- commandArgs(trailingOnly = TRUE)
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

bars <- '
bars <- array(0, c(200, 8, 8))
for (image in 1:200) {
  at <- image %% 7 + 1
  if (image %% 2) bars[image, at, ] <- 1 else bars[image, , at] <- 1
}
latentlens(bars, rep(c("lying", "standing"), 100), dims = 4, epochs = 20)
'
aim <- '
map <- function(j) data.frame(Row = rep(1:3, 3), Col = rep(1:3, each = 3), Value = 1:9 + 10 * j)
input <- list(Vimp = list("1" = map(1), "2" = map(2)))
direction <- outer(1:9, 1:2, function(i, j) (i + j) %% 3 - 1)
encoded <- data.frame(
  Class = rep(c("Bag", "Coat"), each = 2), EncodedDimension = rep(1:2, 2), Importance = c(1.1, 1.2, 2.1, 2.2)
)
latentlens_results(input, direction, encoded)
'
page <- function(name, code, whole) {
  source <- file.path(folder, paste0(name, ".Rmd"))
  writeLines(c(
    # Browsers ask a server for an icon where a page names none.
    "---", paste("title:", name), "header-includes: '<link rel=\"icon\" href=\"data:,\">'", "output:", "  html_document:",
    # MathJax would come from another server.
    "    mathjax: null", "    highlight: tango",
    paste("    self_contained:", if (whole) "true" else "false"), "---", "",
    "```{r}", "library(latentlens)", code, "```"
  ), source)
  rmarkdown::render(source, quiet = TRUE)
}
page("whole", bars, TRUE)
page("parts", bars, FALSE)
page("results", aim, TRUE)

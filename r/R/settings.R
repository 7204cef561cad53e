# The table of the element's settings, which the build puts into the package: a row for each.
settings_table <- function() {
  table <- fromJSON(system.file("settings.json", package = "latentlens"), simplifyVector = FALSE)
  called <- vapply(table, function(row) {
    if (row$name == "dataset") "dataset" else tolower(gsub("([A-Z])", "_\\1", row$property))
  }, "")
  stats::setNames(table, called)
}

# Values and columns: man/latentlens_settings.Rd.
latentlens_settings <- function() {
  table <- settings_table()
  shown <- function(value) paste(unlist(value), collapse = ", ")
  data.frame(
    name = base::names(table),
    default = vapply(table, function(row) shown(row$default), ""),
    values = vapply(table, function(row) shown(row$values), ""),
    help = vapply(table, function(row) row$help, ""),
    row.names = NULL
  )
}

# Settings as properties of the element. The package brings no WebGPU engine.
properties_of <- function(settings) {
  called <- base::names(settings)
  if (length(settings) && (is.null(called) || any(called == ""))) {
    refuse("Settings are given by name, such as dims = 4.")
  }
  table <- settings_table()
  unknown <- setdiff(called, base::names(table))
  if (length(unknown)) refuse("There is no setting \"", unknown[1], "\": latentlens_settings() lists all.")
  if (identical(settings$engine, "webgpu")) {
    refuse("The package brings the CPU engine alone: leave engine out.")
  }
  settings$engine <- "cpu"
  for (name in base::names(settings)) {
    row <- table[[name]]
    value <- settings[[name]]
    if (length(row$values) && is.character(row$default) && !value %in% unlist(row$values)) {
      refuse(name, " must be one of ", paste(unlist(row$values), collapse = ", "), ", and is ", format(value), ".")
    }
    # A list stays one where it has a single entry.
    if (is.list(row$default)) settings[[name]] <- as.list(value)
  }
  base::names(settings) <- vapply(table[base::names(settings)], function(row) row$property, "")
  settings
}

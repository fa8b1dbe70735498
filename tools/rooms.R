# Rscript tools/rooms.R: who includes whom in src/core, by the table of rooms in
# vignettes/architecture.Rmd. Fails where a file includes what its room may not,
# and where a room stands in no row.
page <- readLines("vignettes/architecture.Rmd")
rows <- page[cumsum(grepl("^## ", page)) == match("## Layers",
    grep("^## ", page, value = TRUE))]
cells <- strsplit(grep("^\\| *`", rows, value = TRUE), "|", fixed = TRUE)
words_of <- function(cell) {
    gsub("`|/$", "", gsub("/`", "`",
        regmatches(cell, gregexpr("`[^`]+`", cell))[[1L]]))
}
rooms <- vapply(cells, function(row) words_of(row[2L]), "")
may <- stats::setNames(lapply(cells, function(row) words_of(row[4L])), rooms)

problems <- character()
for (room in list.dirs("src/core", full.names = FALSE, recursive = FALSE)) {
    for (file in list.files(file.path("src/core", room), full.names = TRUE)) {
        lines <- readLines(file)
        pattern <- "^#include \"([a-z]+)/(.*)\"$"
        from <- grep(pattern, lines, value = TRUE)
        to <- sub(pattern, "\\1", from)
        whole <- sub(pattern, "\\1/\\2", from)
        bad <- !(to == room | to %in% may[[room]] | whole %in% may[[room]])
        if (!room %in% rooms) problems <- c(problems, paste0("src/core/", room,
            " stands in no row"))
        if (any(bad)) problems <- c(problems, paste0(file, " includes ",
            whole[bad], ", which ", room, "/ may not"))
    }
}
if (length(problems)) {
    cat("src/core and the table of rooms in vignettes/architecture.Rmd:\n",
        paste0("  ", unique(problems), "\n"), sep = "")
    quit(status = 1)
}
cat(length(rooms), "rooms of the core, no include up\n")

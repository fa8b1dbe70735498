# Rscript tools/arrows.R: who calls whom in R/, by the table of floors in
# vignettes/architecture.Rmd. Fails where a file calls a floor above its own,
# where files call each other in a circle, where a file stands on no floor, and
# where none says how it is tested.
suppressMessages(library(codetools))

# The rows of the markdown table under a heading, as a list of cells.
rows_under <- function(page, heading) {
    after <- page[-seq_len(match(heading, page))]
    until <- grep("^##", after)[1L]
    rows <- grep("^\\| *`", after[seq_len(until - 1L)], value = TRUE)
    lapply(strsplit(rows, "|", fixed = TRUE), function(x) trimws(x[-1L]))
}

# The words between backticks.
words_of <- function(cell) {
    gsub("`", "", regmatches(cell, gregexpr("`[^`]+`", cell))[[1L]])
}

files <- setdiff(list.files("R", "[.]R$"), "RcppExports.R")
stems <- sub("[.]R$", "", files)
page <- readLines("vignettes/architecture.Rmd")

# A floor's files are called by their prefix ("read_"), or by name.
floors <- lapply(rows_under(page, "## Floors of R"), function(x) words_of(x[1L]))
floor_of <- function(stem) {
    here <- vapply(floors, function(names) {
        any(names == stem | (endsWith(names, "_") & startsWith(stem, names)))
    }, NA)
    if (any(here)) which(here)[1L] else NA
}
floor <- vapply(stems, floor_of, 0)

# Of each expression at top level what it is called, and which it names.
parsed <- lapply(file.path("R", files), parse, keep.source = FALSE)
name_of <- function(x) {
    if (is.call(x) && identical(x[[1L]], as.name("<-")) && is.name(x[[2L]])) {
        as.character(x[[2L]])
    } else ""
}
names <- lapply(parsed, function(x) vapply(as.list(x), name_of, ""))
home <- rep(stems, lengths(names))
names(home) <- unlist(names)
home <- home[names(home) != ""]
named_by <- function(x) {
    holder <- eval(call("function", NULL, x))
    environment(holder) <- globalenv()
    intersect(findGlobals(holder), names(home))
}
arrows <- unique(do.call(rbind, Map(function(stem, expressions) {
    found <- unlist(lapply(expressions, named_by))
    if (!length(found)) return(NULL)
    data.frame(from = stem, name = found, to = unname(home[found]))
}, stems, parsed)))
arrows <- arrows[arrows$from != arrows$to, ]

problems <- character()
say <- function(...) problems <<- c(problems, paste0(...))
for (stem in stems[is.na(floor)]) say("R/", stem, ".R stands on no floor")
up <- arrows[which(floor[arrows$from] < floor[arrows$to]), ]
for (i in seq_len(nrow(up))) {
    say("R/", up$from[i], ".R calls ", up$name[i], "(), which stands above, ",
        "in R/", up$to[i], ".R")
}
# A circle is what can be reached from each other.
reached <- function(stem) {
    seen <- character()
    new <- stem
    while (length(new)) {
        new <- setdiff(arrows$to[arrows$from %in% new], seen)
        seen <- c(seen, new)
    }
    seen
}
reach <- lapply(stats::setNames(stems, stems), reached)
left <- stems[mapply(`%in%`, stems, reach)]
while (length(left)) {
    circle <- Filter(function(stem) {
        stem %in% reach[[left[1L]]] && left[1L] %in% reach[[stem]]
    }, left)
    inside <- arrows$from %in% circle & arrows$to %in% circle
    say("in a circle: ", toString(circle), "\n", paste0("    ",
        arrows$from[inside], " calls ", arrows$name[inside], "() of ",
        arrows$to[inside], collapse = "\n"))
    left <- setdiff(left, circle)
}
# A file's tests have its name, or a row of the table says where they are.
elsewhere <- rows_under(page, "### Tested under another name")
told <- unlist(lapply(elsewhere, function(x) {
    missing <- Filter(function(test) {
        !file.exists(paste0("tests/testthat/test-", test, ".R"))
    }, words_of(x[2L]))
    if (length(missing) || !length(words_of(x[2L]))) {
        say("no tests called ", toString(missing), " for ", x[1L])
    }
    words_of(x[1L])
}))
own <- file.exists(paste0("tests/testthat/test-", stems, ".R"))
for (stem in stems[!own & !stems %in% told]) {
    say("R/", stem, ".R has no tests of its name, and no row says where it ",
        "is tested")
}
for (stem in setdiff(told, stems)) say("there is no R/", stem, ".R")

if (length(problems)) {
    cat("R/ and the tables of vignettes/architecture.Rmd:\n",
        paste0("  ", problems, "\n"), sep = "")
    quit(status = 1L)
}
cat(length(stems), "files of R on", length(floors), "floors,",
    nrow(unique(arrows[c("from", "to")])), "arrows, none up, no circle\n")

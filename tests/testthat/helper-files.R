# Files for the readers.

# A file that holds these bytes (or this text, as it stands).
file_of <- function(..., name = "cdr3.tsv") {
    bytes <- lapply(list(...), function(x) {
        if (is.raw(x)) x else charToRaw(x)
    })
    file <- file.path(withr::local_tempdir(.local_envir = parent.frame()), name)
    writeBin(do.call(c, c(list(raw()), bytes)), file)
    file
}

bom <- as.raw(c(0xef, 0xbb, 0xbf))

gzipped <- function(text) {
    file <- tempfile()
    on.exit(unlink(file))
    connection <- gzfile(file, "wb")
    writeBin(charToRaw(text), connection)
    close(connection)
    readBin(file, "raw", file.size(file))
}

fixture <- function(...) testthat::test_path("fixtures", ...)

quiet <- function(...) suppressMessages(readRepertoire(...))

# What is left out, without the zeros.
skipped_of <- function(x) {
    skipped <- attr(x, "skipped")
    skipped[skipped > 0]
}

without_attributes <- function(x) {
    attr(x, "skipped") <- attr(x, "format") <- NULL
    x
}

# Has the package believe that another is not installed.
without_package <- function(package, envir = parent.frame()) {
    space <- asNamespace("clustcr")
    had <- get("has_package", space)
    put <- function(value) {
        unlockBinding("has_package", space)
        assign("has_package", value, space)
        lockBinding("has_package", space)
    }
    put(function(name) name != package && had(name))
    withr::defer(put(had), envir)
}

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

# The whole, read `size` rows at a time.
read_parts <- function(file, size, ...) {
    next_chunk <- readRepertoire(file, chunk_size = size, ...)
    parts <- list()
    suppressMessages(while (!is.null(chunk <- next_chunk())) {
        parts[[length(parts) + 1]] <- chunk
    })
    expect_null(next_chunk())
    expect_true(all(vapply(parts, nrow, 0L) <= size))
    structure(
        do.call(rbind, parts),
        skipped = Reduce(`+`, lapply(parts, attr, "skipped"))
    )
}

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
    had <- get("has_package", asNamespace("clustcr"))
    local_binding("has_package", function(name) name != package && had(name),
        envir)
}

# An object of R, serialized, that is a promise: who asks it for anything makes
# the file `marker`. (R 4.4 refuses it; versions before run it.)
promise_rds <- function(marker) {
    code <- serialize(bquote(base::file.create(.(marker))), NULL, version = 2)
    integers <- function(...) writeBin(c(...), raw(), endian = "big")
    # Type 5 with an environment (the base one, 241), no value yet (252).
    c(code[1:14], integers(1029L, 241L, 252L), code[-(1:14)])
}

# Another value of something in the package, for as long as the test lasts.
local_binding <- function(name, value, envir = parent.frame()) {
    space <- asNamespace("clustcr")
    had <- get(name, space)
    put <- function(value) {
        unlockBinding(name, space)
        assign(name, value, space)
        lockBinding(name, space)
    }
    put(value)
    withr::defer(put(had), envir)
}

# A named pipe; with `from`, a file that is written to it after a while.
pipe_at <- function(path, from = NULL, seconds = 0.3) {
    testthat::skip_if(!nzchar(Sys.which("mkfifo")), "mkfifo is not there")
    system2("mkfifo", shQuote(path))
    if (!is.null(from)) {
        system(paste0("(sleep ", seconds, "; cat ", shQuote(from), ") > ",
            shQuote(path)), wait = FALSE)
    }
    path
}

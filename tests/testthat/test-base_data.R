# Values as text: they come back as they were, and what is not as it was written
# is a typed error.

through_text <- function(x) {
    file <- withr::local_tempfile()
    write_data(x, file, "test")
    read_data(file, "test")
}

values <- list(
    NULL, TRUE, NA, c(a = TRUE, b = FALSE), logical(), 1:3, NA_integer_,
    -2147483647L, 1.5, c(0.1, 1 / 3, pi, 1e300, 5e-324, -0, 1e15 + 0.3),
    c(NA, NaN, Inf, -Inf), 123456789012345678, 2^53, c(x = 1, y = NA),
    "", c("", ""), character(), NA_character_, c("NA", "\\N", "\\\\N", "N"),
    "a\tb\nc\rd\\e\\\\f\\t", c("\u00e9\u4e2d", "plain"), "\\", "\\\\", "\t",
    factor(c("ill", NA, "well"), c("well", "ill", "none")),
    factor(character()), factor(c("a", "b"), ordered = TRUE),
    as.Date(c("2024-02-29", NA)), .POSIXct(1e9, "UTC"),
    .POSIXct(c(1e9, NA), "Europe/Berlin"),
    as.difftime(c(1.5, NA), units = "mins"),
    list(), list(1, "a", NULL), list(a = 1, b = list(c = "x", d = NULL)),
    data.frame(), data.frame(n = 1:2, s = c("a", NA)),
    data.frame(f = factor(c("x", "y")), d = as.Date("2024-01-01") + 0:1,
        check.names = FALSE),
    stats::setNames(data.frame(1, 2), c("a b", "")),
    data.frame(a = numeric(), b = character())
)

test_that("all kinds of values come back", {
    for (x in values) expect_identical(through_text(x), x)
    x <- data.frame(n = 1:2)
    x$l <- list(1, c("a", "b"))
    expect_identical(through_text(x)$l, x$l)
})

test_that("numbers come back to the last bit, whatever R's options say", {
    withr::local_options(OutDec = ",", scipen = -5, digits = 3)
    x <- withr::with_seed(1, c(stats::runif(500), 10^stats::runif(500, -300,
        300), stats::rnorm(500)))
    expect_identical(through_text(x), x)
})

test_that("classes that we don't know become text", {
    x <- structure(c(1, 2), class = "of_another")
    expect_identical(through_text(x), c("1", "2"))
})

test_that("what is not as written is a typed error that names the file", {
    file <- withr::local_tempfile()
    write_data(list(a = 1:3, b = "x\ty"), file, "test")
    whole <- readBin(file, "raw", 1e4)
    for (at in seq_along(whole)) {
        writeBin(replace(whole, at, xor(whole[at], as.raw(1))), file)
        expect_error(read_data(file, "test"), basename(file), fixed = TRUE,
            class = "clustcr_error_damaged")
        writeBin(head(whole, at - 1L), file)
        expect_error(read_data(file, "test"), basename(file), fixed = TRUE,
            class = "clustcr_error_damaged")
    }
    writeBin(whole, file)
    expect_error(read_data(file, "another"), class = "clustcr_error_damaged")
    expect_null(read_data(withr::local_tempfile(), "test"))
    folder <- withr::local_tempdir()
    expect_error(read_data(folder, "test"), "not a folder",
        class = "clustcr_error_damaged")
    skip_if(!nzchar(Sys.which("mkfifo")), "mkfifo is not there")
    pipe <- file.path(folder, "pipe")
    system2("mkfifo", shQuote(pipe))
    expect_error(read_data(pipe, "test"), "not a pipe",
        class = "clustcr_error_damaged")
})

test_that("text that makes no sense is no value, with a check that fits", {
    file <- withr::local_tempfile()
    for (lines in list(
        character(), "", "what\t1\tx", "integer\t2\t1", "integer\t1\tx",
        "integer\t-1", "integer\tx", "integer\t1e5", "integer", "logical\t1\tq",
        "double\t1\t1,5", "character\t1\t\\q", "character\t1\ta\\",
        "named\t1\ta",
        c("named\t2\ta\tb", "integer\t1\t1"), c("null", "null"), "list\t1",
        c("factor\t1\ta", "integer\t1\t2"), c("factor\t2\ta\ta", "integer\t0"),
        c("factor\t1\ta", "character\t1\ta"), c("date", "character\t1\tx"),
        c("span\t1\tyears", "double\t1\t1"), c("frame\t2\t1", "integer\t1\t1"),
        "frame\t2", "list\t999999999", rep("list\t1", 1e5),
        "expression\t1\tquit()", "language\t1\tquit()"
    )) {
        write_checked_lines(c("clustcr test\t1", lines), file)
        expect_error(read_data(file, "test"), class = "clustcr_error_damaged")
    }
})

test_that("random changes give values or typed errors, nothing else", {
    file <- withr::local_tempfile()
    lines <- data_lines(values)
    withr::local_seed(1)
    pieces <- c("\t", "\n", "\\", "list", "named", "frame", "factor", "9", "-",
        "null", "date", "")
    for (round in 1:300) {
        text <- paste(lines, collapse = "\n")
        for (k in 1:3) {
            at <- sample(nchar(text), 1)
            text <- paste0(substr(text, 1, at), sample(pieces, 1),
                substring(text, at + sample(0:4, 1)))
        }
        write_checked_lines(c("clustcr test\t1", text), file)
        found <- tryCatch(read_data(file, "test"), error = identity)
        if (inherits(found, "error")) {
            expect_s3_class(found, "clustcr_error_damaged")
        }
    }
})

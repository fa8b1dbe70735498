# Compressed files and pipes: whole, or an error.

text <- paste0(
    "junction_aa\tv_call\n",
    paste0(random_cdr3(500, 3), "\tTRBV1\n", collapse = "")
)

compressed_by <- function(program, args, text, name) {
    skip_if(!nzchar(Sys.which(program)), paste(program, "is not there"))
    file <- file_of(text, name = name)
    out <- paste0(file, ".out")
    system2(program, c(args, shQuote(file)), stdout = out)
    readBin(out, "raw", file.size(out))
}

for (case in list(
    list("gzip", "-c"), list("bzip2", "-c"), list("xz", "-c"),
    list("zstd", c("-q", "-c"))
)) {
    local({
        program <- case[[1]]
        args <- case[[2]]
        test_that(paste(program, "files are read, or refused as a whole"), {
            bytes <- compressed_by(program, args, text, "a.tsv")
            expected <- quiet(file_of(text))
            expect_identical(quiet(file_of(bytes, name = "a")), expected)
            expect_identical(quiet(file_of(bytes, name = "a.csv")), expected)
            for (kept in c(12, length(bytes) %/% 2, length(bytes) - 1)) {
                expect_error(
                    quiet(file_of(bytes[seq_len(kept)])),
                    paste("no complete", program),
                    class = "clustcr_error_format"
                )
            }
            middle <- length(bytes) %/% 2
            bytes[middle] <- xor(bytes[middle], as.raw(0x55))
            expect_error(quiet(file_of(bytes)), program,
                class = "clustcr_error_format")
        })
    })
}

zipped <- function(...) {
    skip_if(!nzchar(Sys.which("zip")) || !nzchar(Sys.which("unzip")),
        "zip is not there")
    folder <- withr::local_tempdir(.local_envir = parent.frame())
    texts <- list(...)
    for (name in names(texts)) {
        dir.create(file.path(folder, dirname(name)), FALSE, TRUE)
        writeChar(texts[[name]], file.path(folder, name), eos = NULL)
    }
    withr::with_dir(folder, utils::zip("a.zip", names(texts), "-q"))
    file.path(folder, "a.zip")
}

test_that("archives of one file are read", {
    expected <- quiet(file_of(text))
    expect_identical(quiet(zipped("t.tsv" = text)), expected)
    expect_identical(quiet(zipped("in/a [1]*.tsv" = text)), expected)
    expect_identical(
        quiet(zipped("t.tsv" = text, "__MACOSX/._t.tsv" = "x")), expected
    )
    expect_error(
        quiet(zipped("a.tsv" = text, "b.tsv" = text)),
        "must hold one file; it holds 2: `a.tsv`, `b.tsv`",
        class = "clustcr_error_format"
    )
    expect_error(
        quiet(zipped("[Content_Types].xml" = "x", "xl/a.xml" = "y")),
        "workbook", class = "clustcr_error_format"
    )
    file <- zipped("t.tsv" = text)
    bytes <- readBin(file, "raw", file.size(file))
    for (kept in c(10, length(bytes) %/% 2)) {
        expect_error(quiet(file_of(bytes[seq_len(kept)])), "zip",
            class = "clustcr_error_format")
    }
    bytes[200] <- xor(bytes[200], as.raw(0x55))
    expect_error(quiet(file_of(bytes)), "zip", class = "clustcr_error_format")
})

test_that("pipes are read to their end", {
    skip_if(!nzchar(Sys.which("mkfifo")), "mkfifo is not there")
    folder <- withr::local_tempdir()
    pipe <- file.path(folder, "pipe")
    system2("mkfifo", shQuote(pipe))
    big <- paste0("junction_aa\n", strrep("CASSLGQAYEQYF\n", 50000))
    file <- file_of(big)
    for (source in c(file, file_of(gzipped(big)))) {
        # The writer comes late, and writes in two halves.
        system(paste0("(sleep 0.3; cat ", shQuote(source), ") > ",
            shQuote(pipe)), wait = FALSE)
        expect_identical(nrow(quiet(pipe)), 50000L)
    }
    skip_if(!nzchar(Sys.which("bash")), "bash is not there")
    code <- paste0(
        "x <- suppressMessages(clustcr::readCdr3(commandArgs(TRUE))); ",
        "cat(nrow(x))"
    )
    script <- file_of(code, name = "read.R")
    out <- system2("bash", c("-c", shQuote(paste0(
        shQuote(file.path(R.home("bin"), "Rscript")), " ", shQuote(script),
        " <(cat ", shQuote(file), ")"
    ))), stdout = TRUE, env = paste0("R_LIBS=", paste(.libPaths(),
        collapse = ":")))
    expect_identical(out, "50000")
})

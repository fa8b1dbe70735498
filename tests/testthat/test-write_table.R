# Fields of a line by RFC 4180, byte by byte; records as a list.
naive_records <- function(file, separator) {
    bytes <- readBin(file, "raw", file.size(file))
    letters <- strsplit(rawToChar(bytes), "", useBytes = TRUE)[[1L]]
    records <- list()
    fields <- character()
    field <- ""
    inside <- FALSE
    i <- 1L
    while (i <= length(letters)) {
        x <- letters[i]
        if (inside && x == "\"" && identical(letters[i + 1L], "\"")) {
            field <- paste0(field, x)
            i <- i + 1L
        } else if (x == "\"") {
            inside <- !inside
        } else if (!inside && x %in% c(separator, "\n")) {
            fields <- c(fields, field)
            field <- ""
            if (x == "\n") {
                records[[length(records) + 1L]] <- fields
                fields <- character()
            }
        } else {
            field <- paste0(field, x)
        }
        i <- i + 1L
    }
    records
}

odd_text <- function(n, seed) {
    parts <- c("\"", "\t", "\n", "\r", "\r\n", ",", ";", " ", "a", "b", "'",
        "=", "-", "@", "1", "")
    withr::with_seed(seed, vapply(seq_len(n), function(i) {
        paste(sample(parts, sample(0:6, 1L), TRUE), collapse = "")
    }, ""))
}

write_all <- function(writer, file, ..., compressed = FALSE) {
    write_tables(writer, file, compressed, function(put) {
        for (table in list(...)) put(table)
    })
    file
}

test_that("any text comes back from TSV and CSV by the rules of quotes", {
    file <- withr::local_tempfile()
    table <- data.frame(a = odd_text(300, 5), b = odd_text(300, 6),
        n = 100000 * seq_len(300))
    names(table)[2L] <- "b \"c\""
    for (format in c("tsv", "csv")) {
        writer <- table_writer(format)
        write_all(writer, file, table[1:100, ], table[101:300, ])
        found <- naive_records(file, writer$separator)
        expect_identical(found[[1L]], names(table))
        expect_identical(
            vapply(found[-1L], `[`, "", 1L), table$a, info = format)
        expect_identical(vapply(found[-1L], `[`, "", 2L), table[[2L]])
        expect_identical(vapply(found[-1L], `[`, "", 3L),
            format(table$n, scientific = FALSE, trim = TRUE))
    }
})

test_that("what needs no quotes has none", {
    file <- withr::local_tempfile()
    table <- data.frame(a = c("x y", "", NA, "it's; 5,0"), n = c(1.5, NA, 2, 3))
    write_all(table_writer("tsv"), file, table)
    expect_identical(readLines(file),
        c("a\tn", "x y\t1.5", "\t", "\t2.0", "it's; 5,0\t3.0"))
})

test_that("AIRR's tables have no quotes, and a space for what breaks a row", {
    file <- withr::local_tempfile()
    writer <- table_writer("airr")
    table <- data.frame(a = odd_text(200, 7), b = "\"x\"")
    write_all(writer, file, table)
    lines <- readLines(file)
    expect_length(lines, 201L)
    expect_identical(lines[-1L], paste0(gsub("\r\n|\r|\n|\t", " ", table$a),
        "\t\"x\""))
    broken <- sum(grepl("[\t\r\n]", table$a))
    writer$formulas <- 0
    expect_message(tell_of_fields(writer, ""), paste0("^", broken,
        " fields have tabs or line ends.*space"),
        class = "clustcr_message_fields")
})

test_that("text in other encodings is written as it stands", {
    file <- withr::local_tempfile()
    text <- c("a\xff\"b", "c\xe9\td")
    for (format in c("tsv", "csv", "airr")) {
        write_all(table_writer(format), file, data.frame(a = text))
        bytes <- readBin(file, "raw", 100)
        expect_true(all(as.raw(c(0xff, 0xe9)) %in% bytes))
    }
})

test_that("packed files of several parts are whole, and one stream", {
    skip_if(!nzchar(Sys.which("gzip")), "gzip is not there")
    folder <- withr::local_tempdir()
    parts <- lapply(1:40, function(i) {
        data.frame(a = random_cdr3(500, i), n = seq_len(500) + i / 8)
    })
    for (format in c("tsv", "csv", "airr")) {
        plain <- do.call(write_all, c(list(table_writer(format),
            file.path(folder, "plain")), parts))
        packed <- do.call(write_all, c(list(table_writer(format),
            file.path(folder, "packed.gz")), parts, compressed = TRUE))
        expect_identical(system2("gzip", c("-t", packed)), 0L)
        unpacked <- file.path(folder, "unpacked")
        system2("gzip", c("-dc", packed), stdout = unpacked)
        expect_identical(unname(tools::md5sum(unpacked)),
            unname(tools::md5sum(plain)))
        # One member: it tells the length of the whole.
        expect_identical(packed_length(packed), file.size(plain))
        expect_lt(file.size(packed), file.size(plain) / 1.5)
    }
    expect_length(list.files(tempdir(), "^clustcr-"), 0L)
})

test_that("a full disk is an error, at the beginning and at the end", {
    skip_if_not(file.exists("/dev/full"), "there is no /dev/full")
    few <- data.frame(a = "x")
    many <- data.frame(a = random_cdr3(30000, 3))
    before <- rownames(showConnections())
    for (table in list(few, many)) for (compressed in c(TRUE, FALSE)) {
        expect_error(
            suppressWarnings(write_all(table_writer("tsv"), "/dev/full",
                table, compressed = compressed)),
            "'/dev/full' can't be written", class = "clustcr_error_io"
        )
    }
    expect_identical(rownames(showConnections()), before)
})

test_that("what a spreadsheet calculates is told once, and made safe", {
    file <- withr::local_tempfile()
    formulas <- c("=1+1", "+cmd", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0",
        "-case", "\t=1")
    plain <- c("a=1", "-1.5", "+3e-5", "-", "--ACGT..", "'=1", "CASSF", "")
    table <- data.frame(a = c(formulas, plain), n = -seq_along(c(formulas,
        plain)))
    for (format in c("tsv", "csv")) {
        writer <- table_writer(format)
        write_all(writer, file, table)
        expect_identical(vapply(naive_records(file, writer$separator)[-1L],
            `[`, "", 1L), table$a)
        expect_message(tell_of_fields(writer, "Do it."), paste0("^7 fields ",
            "begin with.*\"=1[+]1\".*Do it[.]"),
            class = "clustcr_message_fields")
        writer <- table_writer(format, safe = TRUE)
        write_all(writer, file, table)
        found <- naive_records(file, writer$separator)[-1L]
        expect_identical(vapply(found, `[`, "", 1L),
            c(paste0("'", formulas), plain))
        expect_identical(vapply(found, `[`, "", 2L), as.character(table$n))
        expect_message(tell_of_fields(writer, ""), "apostrophe stands before")
    }
    expect_silent(tell_of_fields(table_writer("tsv"), ""))
})

# The format is told in a message each time: see test-read_repertoire.R.
readCdr3 <- function(...) suppressMessages(clustcr::readCdr3(...))

expect_format_error <- function(file, pattern = NULL) {
    expect_error(
        readCdr3(file), pattern, class = "clustcr_error_format"
    )
}

airr <- paste0(
    "sequence_id\tv_call\tjunction_aa\tother\tduplicate_count\n",
    "s1\tTRBV1*01\tCASSF\tx\t3\n",
    "s2\t\tCASRF\ty\t1\n"
)
airr_table <- data.frame(
    junction_aa = c("CASSF", "CASRF"), v_call = c("TRBV1*01", ""),
    duplicate_count = c(3L, 1L), sequence_id = c("s1", "s2")
)
lines <- data.frame(junction_aa = c("CASSF", "CASRF"))

test_that("AIRR tables are read, plain and compressed", {
    expect_equal(readCdr3(file_of(airr)), airr_table)
    expect_equal(readCdr3(file_of(gzipped(airr), name = "a.gz")), airr_table)
    # What a file is, not how it is called, counts.
    expect_equal(readCdr3(file_of(gzipped(airr))), airr_table)
    expect_equal(readCdr3(file_of(airr, name = "a.gz")), airr_table)
})

test_that("plain text has one sequence a line", {
    expect_identical(readCdr3(file_of("CASSF\nCASRF\n")), lines)
    expect_identical(readCdr3(file_of("CASSF\nCASRF")), lines)
    expect_identical(readCdr3(file_of("CASSF")), lines[1, , drop = FALSE])
    expect_identical(readCdr3(file_of(gzipped("CASSF\nCASRF\n"))), lines)
    for (title in c("cdr3", "CDR3", "cdr3aa", "junction_aa")) {
        expect_identical(
            readCdr3(file_of(title, "\nCASSF\nCASRF\n")), lines
        )
    }
})

test_that("the line ends of Windows are no part of a sequence", {
    crlf <- function(text) gsub("\n", "\r\n", text, fixed = TRUE)
    expect_equal(readCdr3(file_of(crlf(airr))), airr_table)
    expect_identical(readCdr3(file_of(crlf("CASSF\nCASRF\n"))), lines)
    expect_identical(readCdr3(file_of(crlf("cdr3\nCASSF\nCASRF"))), lines)
})

test_that("a byte order mark is no part of the first field", {
    first <- "junction_aa\tv_call\nCASSF\tTRBV1\n"
    expect_identical(
        readCdr3(file_of(bom, first)),
        data.frame(junction_aa = "CASSF", v_call = "TRBV1")
    )
    expect_equal(readCdr3(file_of(bom, airr)), airr_table)
    expect_identical(readCdr3(file_of(bom, "CASSF\nCASRF\n")), lines)
    expect_identical(readCdr3(file_of(bom, "cdr3\nCASSF\nCASRF\n")), lines)
})

test_that("quoted tables are read, as write.table() makes them", {
    file <- file_of("")
    utils::write.table(airr_table, file, sep = "\t", row.names = FALSE)
    expect_equal(readCdr3(file), airr_table)
    utils::write.table(lines, file, sep = "\t", row.names = FALSE)
    expect_identical(readCdr3(file), lines)
})

test_that("a quote in a table without quotes is a character", {
    found <- readCdr3(file_of("junction_aa\tv_call\nCAS\"F\t\"x\nCASRF\ty\n"))
    expect_identical(found$junction_aa, c("CAS\"F", "CASRF"))
    expect_identical(found$v_call, c("\"x", "y"))
})

test_that("values in quotes are those without, where the header has none", {
    # As data.table::fwrite() writes what is empty, and spreadsheets what has a
    # comma: "" was a V gene, and receptors without one were neighbors.
    text <- c("junction_aa\tv_call\tj_call\tduplicate_count",
        "CASSLGQAYEQYF\t\"TRBV12-3,TRBV12-4\"\tTRBJ2-7\t\"12\"",
        "\"CASSPGQAYEQYF\"\t\"\"\t\"TRBJ2-7\"\t3",
        "\"\"\tTRBV2\t\"\"\t4", "CASSFGQAYEQYF\tTRBV2\t\t5")
    file <- file_of(paste0(text, "\n", collapse = ""))
    plain <- file_of(paste0(gsub("\"", "", text), "\n", collapse = ""))
    expect_equal(readCdr3(file), readCdr3(plain))
    for (path in c(file, plain)) {
        found <- suppressMessages(readRepertoire(path))
        expect_identical(found$junction_aa,
            c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSFGQAYEQYF"))
        expect_identical(found$v_call, c("TRBV12-3,TRBV12-4", "", "TRBV2"))
        expect_equal(found$duplicate_count, c(12, 3, 5))
    }
    rows <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
        v_call = "", duplicate_count = 1)
    data.table::fwrite(rows, file, sep = "\t")
    expect_true(any(grepl("\"\"", readLines(file), fixed = TRUE)))
    x <- suppressMessages(clusterRepertoires(file))
    expect_identical(x@counts[["without_v_call"]], 2)
})

test_that("nothing is filtered", {
    text <- c("CASSF", "", "cassf", "CA*F", "CA_F", " CASF ", "TRUE", "1")
    expect_identical(
        readCdr3(file_of(paste0(text, "\n", collapse = "")))$junction_aa, text
    )
    table <- paste0("junction_aa\tv_call\n",
        paste0(text, "\tV\n", collapse = ""))
    expect_identical(
        trimws(readCdr3(file_of(table))$junction_aa), trimws(text)
    )
})

test_that("a word for nothing is no receptor, and counted", {
    file <- file_of("sequence_id\tjunction_aa\tv_call\n", "1\tNA\tNA\n",
        "2\tCASSLGQAYEQYF\tTRBV7-9\n", "3\t None\t\n")
    found <- readCdr3(file)
    expect_identical(found$junction_aa, "CASSLGQAYEQYF")
    expect_identical(attr(found, "skipped")[["no_cdr3"]], 2)
    found <- readCdr3(file_of("CASSF\nNA\n\nCASRF\n"))
    expect_identical(found$junction_aa, c("CASSF", "", "CASRF"))
    expect_identical(attr(found, "skipped")[["no_cdr3"]], 1)
})

test_that("a lone column of an AIRR table keeps its empty fields", {
    expect_identical(
        readCdr3(file_of("junction_aa\nCASSF\n\nCASRF\n"))$junction_aa,
        c("CASSF", "", "CASRF")
    )
})

test_that("counts are numbers, blanks are missing", {
    counts <- function(...) {
        rows <- paste0("CASSF\t", c(...), "\n", collapse = "")
        readCdr3(file_of("junction_aa\tduplicate_count\n", rows))
    }
    expect_equal(
        counts("3", "", "NA")$duplicate_count, c(3, NA, NA)
    )
    expect_identical(counts("5000000000", "1")$duplicate_count, c(5e9, 1))
    expect_identical(counts("", "")$duplicate_count, c(NA_real_, NA_real_))
    for (bad in c("x", "3 cells", "TRUE")) {
        expect_error(
            counts(bad), "`duplicate_count`.*must hold numbers",
            class = "clustcr_error_format"
        )
    }
})

test_that("a table without a CDR3 says which columns there are", {
    expect_format_error(
        file_of("peptide\tv_call\nCASSF\tTRBV1\n"),
        "`peptide`, `v_call`.*Likeliest is .*closest here.*`columns`"
    )
})

test_that("headers are known in capitals, and by usual names", {
    for (header in c("JUNCTION_AA\tV_CALL", "cdr3\tv_call", "CDR3\tV gene")) {
        expect_identical(
            readCdr3(file_of(header, "\nCASSF\tTRBV1\n")),
            data.frame(junction_aa = "CASSF", v_call = "TRBV1")
        )
    }
})

test_that("empty files and bare headers have no rows", {
    none <- data.frame(junction_aa = character())
    expect_identical(readCdr3(file_of("")), none)
    expect_identical(readCdr3(file_of("", name = "a.gz")), none)
    expect_identical(readCdr3(file_of(gzipped(""))), none)
    expect_identical(readCdr3(file_of("junction_aa\n")), none)
    expect_identical(
        readCdr3(file_of("junction_aa\tv_call\n")),
        data.frame(junction_aa = character(), v_call = character())
    )
    expect_format_error(file_of("\n\n\n"))
})

test_that("rows with too many fields are an error that names the line", {
    header <- "junction_aa\tv_call\n"
    whole <- "CASSF\tTRBV1\n"
    expect_format_error(
        file_of(header, whole, "CASRF\tV\tx\n", whole),
        "line 3 has 3 fields where the header has 2"
    )
    expect_format_error(file_of(header, "CASRF\tV\tx\n", whole), "line 2 ")
    # As write.table() makes them.
    expect_format_error(file_of(header, "1\tCASRF\tV\n"), "row names")
})

test_that("rows without their last fields are kept, without a CDR3 counted", {
    found <- readCdr3(file_of(
        "v_call\tjunction_aa\tj_call\n", "V\tCASSF\tJ\n", "V\tCASRF\n",
        "V\n", "\n", "V\tCASQF\t\n"
    ))
    expect_identical(found$junction_aa, c("CASSF", "CASRF", "CASQF"))
    expect_identical(found$j_call, c("J", "", ""))
    expect_identical(attr(found, "skipped")[["malformed"]], 2)
    # The last row of a file that was cut may end within a sequence.
    found <- readCdr3(file_of("junction_aa\tv_call\nCASSF\tV\nCAS"))
    expect_identical(found$junction_aa, "CASSF")
    expect_identical(attr(found, "skipped")[["malformed"]], 1)
})

test_that("reading goes on after a file that was refused", {
    good <- file_of(airr)
    for (bad in c(
        "peptide\tv_call\nCASSF\tV\nCASRF\n",
        "junction_aa\tv_call\nCASSF\tV\tx\nCASRF\tV\tx\n"
    )) {
        expect_format_error(file_of(bad))
        expect_no_warning(found <- readCdr3(good))
        expect_equal(found, airr_table)
    }
})

test_that("a damaged compressed file is an error", {
    text <- paste0(random_cdr3(2000, 71), "\n", collapse = "")
    whole <- gzipped(text)
    expect_identical(nrow(readCdr3(file_of(whole))), 2000L)
    for (kept in c(2, 10, length(whole) %/% 2, length(whole) - 1)) {
        expect_format_error(file_of(whole[seq_len(kept)]), "gzip")
    }
    middle <- length(whole) %/% 2
    whole[middle] <- xor(whole[middle], as.raw(0x55))
    expect_format_error(file_of(whole), "gzip")
})

test_that("binary files give a typed error or rows, and no warning", {
    for (seed in 1:10) {
        bytes <- withr::with_seed(seed, {
            as.raw(sample(0:255, 4000, replace = TRUE))
        })
        # Not by chance the start of a compressed file.
        bytes[1] <- as.raw(seed)
        expect_no_warning(found <- tryCatch(
            readCdr3(file_of(bytes)), clustcr_error = identity
        ))
        if (is.data.frame(found)) {
            expect_type(found$junction_aa, "character")
            expect_gt(nrow(found), 0)
        } else {
            expect_s3_class(found, "clustcr_error_format")
        }
    }
})

test_that("paths that are no file are an error", {
    folder <- withr::local_tempdir()
    for (path in c(folder, file.path(folder, "absent.tsv"))) {
        expect_error(
            readCdr3(path), "`file` must be a file", class = "clustcr_error_io"
        )
    }
    for (bad in list(NULL, NA, NA_character_, "", 1, c("a", "b"), list())) {
        expect_error(
            readCdr3(bad), "`file` must be one non-empty string",
            class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("spaces, quotes and letters of all languages in paths are fine", {
    skip_if_not(l10n_info()[["UTF-8"]], "The locale has no such letters")
    names <- c("my file.gz", "it's $HOME.gz", "-x.gz", "r\u00e9p\u00e9.gz")
    for (name in names) {
        expect_identical(
            readCdr3(file_of(gzipped("CASSF\nCASRF\n"), name = name)), lines
        )
    }
})

# Damaged files of every format: an error of ours that names the file, or a
# result in which every row of the file is counted; never fewer, never another
# error, never a warning.

all_fixtures <- function() {
    list.files(fixture(), recursive = TRUE, full.names = TRUE)
}

bytes_of <- function(file) readBin(file, "raw", file.size(file))

# The result, or the typed error; anything else fails.
tried <- function(file, ...) {
    expect_no_warning(found <- tryCatch(
        quiet(file, ...), clustcr_error = identity
    ))
    if (inherits(found, "clustcr_error")) {
        expect_s3_class(found, "clustcr_error_format")
        expect_match(conditionMessage(found), basename(file), fixed = TRUE)
        expect_lt(nchar(conditionMessage(found)), 3000)
    } else {
        expect_s3_class(found, "data.frame")
    }
    found
}

rows_of <- function(found) nrow(found) + sum(attr(found, "skipped"))

test_that("a byte changed anywhere loses no row without a word", {
    for (file in all_fixtures()) {
        whole <- bytes_of(file)
        rows <- rows_of(quiet(file))
        for (round in 1:12) {
            damaged <- whole
            at <- withr::with_seed(round, sample(length(whole), 1))
            by <- withr::with_seed(round, sample(
                as.raw(c(0, 9, 10, 13, 34, 44, 92, 128, 255)), 1
            ))
            damaged[at] <- by
            found <- tried(file_of(damaged, name = basename(file)))
            # Only a line end makes another number of rows.
            ends <- as.raw(c(10, 13))
            if (is.data.frame(found) && !whole[at] %in% ends &&
                !by %in% c(ends, as.raw(34)) &&
                # or a damaged header, of which the first row is none.
                at > which(whole == 10)[1]) {
                expect_equal(rows_of(found), rows, info = file)
            }
        }
    }
})

test_that("a file cut anywhere gives its rows or an error", {
    for (file in all_fixtures()) {
        whole <- bytes_of(file)
        full <- quiet(file)
        for (at in unique(round(seq(1, length(whole), length.out = 12)))) {
            found <- tried(file_of(whole[seq_len(at)],
                name = basename(file)))
            if (is.data.frame(found)) {
                expect_lte(nrow(found), nrow(full))
            }
        }
    }
})

test_that("rows that are short, long or doubled are told", {
    for (file in all_fixtures()) {
        if (basename(file) == "mcpas.csv" || grepl("/list/", file)) next
        lines <- readLines(file)
        n <- length(lines)
        separator <- if (grepl(",", lines[n])) "," else
            if (grepl(";", lines[n])) ";" else "\t"
        if (grepl("\t", lines[n])) separator <- "\t"
        rows <- rows_of(quiet(file))
        first <- strsplit(lines[n], separator, fixed = TRUE)[[1]][1]
        short <- c(lines[-n], first, lines[n])
        found <- tried(file_of(paste0(short, "\n", collapse = "")))
        expect_equal(rows_of(found), rows + 1, info = file)
        long <- c(lines, paste0(lines[n], strrep(paste0(separator, "x"), 60)))
        found <- tried(file_of(paste0(long, "\n", collapse = "")))
        expect_s3_class(found, "clustcr_error_format")
        expect_match(conditionMessage(found), paste("line", n + 1))
    }
})

test_that("quotes that never close name the line they begin in", {
    for (path in c("10x/filtered_v3.csv", "bd/per_cell_chain.csv",
        "tcrdist/clones.csv", "mcpas/mcpas.csv")) {
        file <- fixture(path)
        lines <- readLines(file)
        n <- length(lines)
        damaged <- c(lines, paste0("\"", gsub("\"", "", lines[n])))
        found <- tried(file_of(paste0(damaged, "\n", collapse = "")))
        expect_s3_class(found, "clustcr_error_format")
        expect_match(conditionMessage(found), paste("line", n + 1))
    }
})

test_that("NUL bytes are found anywhere, with their line", {
    line <- charToRaw("CASSLGQAYEQYF\n")
    for (at in c(1, 5000, 10000)) {
        bytes <- rep(line, 10000)
        bytes[(at - 1) * 14 + 3] <- as.raw(0)
        expect_error(
            quiet(file_of(bytes)), paste0("line ", at, " has NUL bytes"),
            class = "clustcr_error_format"
        )
        table <- c(charToRaw("junction_aa\tv_call\n"), rep(
            charToRaw("CASSLGQAYEQYF\tV\n"), 10000
        ))
        table[19 + (at - 1) * 16 + 3] <- as.raw(0)
        expect_error(
            quiet(file_of(table)), paste0("line ", at + 1, " has NUL bytes"),
            class = "clustcr_error_format"
        )
    }
    utf16 <- iconv("junction_aa\tv_call\nCASSF\tV\n", "UTF-8", "UTF-16LE",
        toRaw = TRUE)[[1]]
    expect_error(quiet(file_of(as.raw(c(0xff, 0xfe)), utf16)), "UTF-16",
        class = "clustcr_error_format")
})

test_that("other encodings are refused where they are read, and there only", {
    latin1 <- as.raw(0xe9)
    expect_error(
        quiet(file_of("junction_aa\tv_call\nCASSF\tV\nCASSF\tV", latin1, "\n")),
        "`v_call` in line 3", class = "clustcr_error_format"
    )
    expect_error(
        quiet(file_of("CASSF\nCAS", latin1, "F\n")), "line 2",
        class = "clustcr_error_format"
    )
    found <- quiet(file_of("junction_aa\tname\nCASSF\tRen", latin1, "\n"))
    expect_identical(found$junction_aa, "CASSF")
    # In the header too.
    found <- quiet(file_of("junction_aa\tpr", latin1, "nom\nCASSF\tx\n"))
    expect_identical(found$junction_aa, "CASSF")
    found <- quiet(file_of("junction_aa\trepertoire_id\nCASSF\tRen\u00e9e\n"))
    expect_identical(found$repertoire_id, "Ren\u00e9e")
})

test_that("headers without rows have none", {
    for (file in all_fixtures()) {
        if (grepl("no_header|no_title", file)) next
        lines <- readLines(file)
        comments <- sum(grepl("^##", lines))
        header <- lines[seq_len(comments + 1)]
        for (end in c("\n", "", "\n\n")) {
            found <- tried(file_of(paste(header, collapse = "\n"), end))
            expect_identical(nrow(found), 0L, info = file)
            expect_identical(names(found), names(quiet(file)))
        }
    }
})

test_that("nothing of several fields is taken for a list", {
    for (text in c(
        "a,b\nc,d\n", "CASSF,1\nCASRF,2\n", "CASSF\tx\nCASRF\ty\n",
        "CASSF\nCASRF,x\n", "CASSF;1\n", "CASSF 3\nCASRF 4\n", "cdr3\nCASSF,1\n"
    )) {
        expect_error(quiet(file_of(text)), class = "clustcr_error_format")
        expect_error(quiet(file_of(text), format = "list"),
            class = "clustcr_error_format")
    }
    for (text in c(">seq1\nCASSF\n", "{\"a\": 1}\n", "<html>\n",
        "@read/1\nACGT\n+\nIIII\n")) {
        expect_error(quiet(file_of(text)), "looks like",
            class = "clustcr_error_format")
    }
})

test_that("a format that was asked for and is not there is told", {
    file <- file_of("junction_aa\tv_call\nCASSF\tV\n")
    expect_error(
        quiet(file, format = "10x"),
        "10x contig.*`barcode`.*columns of AIRR.*\"airr\"",
        class = "clustcr_error_format"
    )
    expect_error(
        quiet(file_of("CASSF\nCASRF\n"), format = "airr"),
        "AIRR.*columns are `CASSF`", class = "clustcr_error_format"
    )
})

test_that("comments in front of a list are no rows, empty lines are", {
    texts <- c("# mine\nCASSF\nCASRF\n", "# mine\n\ncdr3\nCASSF\nCASRF\n")
    for (text in texts) {
        found <- quiet(file_of(text))
        expect_identical(found$junction_aa, c("CASSF", "CASRF"))
        expect_identical(sum(attr(found, "skipped")), 0)
    }
    found <- quiet(file_of("\nCASSF\n\nCASRF\n"))
    expect_identical(skipped_of(found), c(no_cdr3 = 2))
})

test_that("a header again, as of files behind each other, is no receptor", {
    table <- "junction_aa\tv_call\nCASSF\tTRBV9\nCASRF\tTRBV2\n"
    for (again in c(table, toupper(table), paste0(" ", table))) {
        file <- file_of(table, again)
        found <- quiet(file)
        expect_identical(found$junction_aa[1:2], c("CASSF", "CASRF"))
        expect_identical(nrow(found), 4L)
        expect_identical(skipped_of(found), c(no_cdr3 = 1))
        expect_identical(suppressMessages(readCdr3(file))$junction_aa,
            found$junction_aa)
        said <- capture_messages(readRepertoire(file))
        expect_match(said, "4 of 5 rows; left out 1 without a CDR3. Columns",
            fixed = TRUE)
    }
    # By the header of the file: elsewhere it is any other text.
    table <- sub("junction_aa", "cdr3", table)
    expect_identical(nrow(quiet(file_of(table, table, "cdr3_aa\t\n"))), 5L)
    # Both chains in a row, CDR3s without their ends, lists.
    pairs <- "cdr3_alpha,cdr3_beta\nCAVF,CASSF\n"
    found <- quiet(file_of(pairs, pairs), locus = c("TRA", "TRB"))
    expect_identical(found$junction_aa_alpha, c("CAVF", "CAVF"))
    ends <- "cdr3_aa\tv_call\tlocus\nASSLGQAYEQY\tTRBV9\tTRB\n"
    found <- quiet(file_of(ends, ends))
    expect_identical(found$junction_aa, rep("CASSLGQAYEQYF", 2))
    expect_identical(skipped_of(found), c(no_cdr3 = 1))
    expect_identical(quiet(file_of("CDR3\nCASSF\ncdr3\nCASRF\n"))$junction_aa,
        c("CASSF", "CASRF"))
})

test_that("blanks at the ends of fields go, those of web pages too", {
    for (blank in c(" ", "\u00a0", " \u00a0", "\u00a0 \u00a0")) {
        spaced <- function(x) paste0(blank, x, blank)
        for (separator in c(",", ";")) {
            file <- file_of(
                paste("cdr3", "v_gene", "count", "productive", sep = separator),
                "\n", paste(spaced("CASSF"), spaced("TRBV7-9"), spaced("3"),
                    spaced("yes"), sep = separator), "\n",
                paste(spaced(""), "TRBV2", "2", "yes", sep = separator), "\n",
                paste(spaced("NA"), "TRBV2", "2", "yes", sep = separator), "\n",
                paste("CASRF", spaced(""), spaced(""), "yes",
                    sep = separator), "\n"
            )
            found <- quiet(file)
            expect_identical(found$junction_aa, c("CASSF", "CASRF"))
            expect_identical(found$v_call, c("TRBV7-9", ""))
            expect_equal(found$duplicate_count, c(3, NA))
            expect_identical(skipped_of(found), c(no_cdr3 = 2))
        }
    }
    # Within a sequence they are what is wrong with it.
    found <- quiet(file_of("\u00a0CASSF\u00a0\nCAS\u00a0SF\n"))
    expect_identical(found$junction_aa, c("CASSF", "CAS\u00a0SF"))
})

test_that("counts that are no whole numbers are rounded and told", {
    file <- file_of("junction_aa\tduplicate_count\nC\t0.2\nC\t3.6\nC\t2\n")
    expect_message(
        found <- readRepertoire(file), "\\(2\\) were rounded",
        class = "clustcr_message_read"
    )
    expect_identical(found$duplicate_count, c(1, 4, 2))
})

test_that("nucleotides are no residues", {
    dna <- "TGTGCCAGCAGCTTGGGACAGGCTTATGAGCAGTACTTC"
    for (text in c(
        paste0("cdr3\tv_gene\n", dna, "\tTRBV1\n"), paste0(dna, "\n", dna, "\n")
    )) {
        expect_error(quiet(file_of(text)), "nucleotides",
            class = "clustcr_error_format")
    }
    # Short ones may be residues.
    expect_identical(quiet(file_of("CAGA\nCATTGCA\n"))$junction_aa,
        c("CAGA", "CATTGCA"))
})

test_that("sister files that hold no receptors are named", {
    for (header in c(
        "clonotype_id,frequency,proportion,cdr3s_aa,cdr3s_nt",
        "#barcode\tcell_type\tchain1\tchain2\tsecondary_chain1",
        "sequence_id\tv_call\tjunction"
    )) {
        expect_error(quiet(file_of(header, "\n")), " instead",
            class = "clustcr_error_format")
    }
})

test_that("tables of very many columns are read or refused in time", {
    n <- 2e5
    names <- paste0("extra", seq_len(n))
    row <- strrep("x\t", n)
    file <- file_of(
        paste0(paste0(names, "\t", collapse = ""), "junction_aa\n"),
        paste0(row, "CASSF\n", row, "CASRF\n")
    )
    expect_identical(quiet(file)$junction_aa, c("CASSF", "CASRF"))
    file <- file_of(paste(names, collapse = ","), "\n", strrep("x,", n), "\n")
    refusal <- expect_error(quiet(file), "199,980 more",
        class = "clustcr_error_format")
    expect_lt(nchar(conditionMessage(refusal)), 2000)
    # A million fields where the header has two.
    file <- file_of("junction_aa\tv_call\nCASSF\t", strrep("x\t", 1e6), "\n")
    expect_error(quiet(file), "line 2 has 1,000,002 fields",
        class = "clustcr_error_format")
    # Named by the user, whatever formats have.
    file <- file_of(paste(c("a", "mine", rep("x", 2000)), collapse = "\t"),
        "\nq\tCASSF", strrep("\ty", 2000), "\n")
    expect_identical(quiet(file, columns = c(junction_aa = "mine"))$junction_aa,
        "CASSF")
})

test_that("counts that are no counts are an error that names the line", {
    for (bad in c("x", "-1", "1e300", "9007199254740993", "Inf")) {
        file <- file_of(
            "junction_aa\tduplicate_count\nCASSF\t1\nCASRF\t", bad, "\n"
        )
        expect_error(quiet(file), "`duplicate_count`.*line 3",
            class = "clustcr_error_format")
    }
    # Rows left out before it move it.
    file <- file_of(
        "sequence_id\tjunction_aa\tduplicate_count\ns\ns\ns\tCASRF\tx\n"
    )
    expect_error(quiet(file), "line 4", class = "clustcr_error_format")
    file <- file_of("junction_aa\tduplicate_count\nCASSF\t1\nCASRF\tx\n")
    next_chunk <- readRepertoire(file, chunk_size = 1)
    expect_identical(next_chunk()$duplicate_count, 1L)
    expect_error(next_chunk(), "line 3", class = "clustcr_error_format")
})

test_that("folders, devices and files that can't be read are io errors", {
    for (path in c(tempdir(), "/dev/null", tempfile(), "/dev/null/x")) {
        expect_error(
            quiet(path), "`file` must be a file", class = "clustcr_error_io"
        )
    }
    skip_if(Sys.info()[["effective_user"]] == "root", "root may read all")
    file <- file_of("CASSF\n")
    Sys.chmod(file, "000")
    expect_error(quiet(file), "permitted", class = "clustcr_error_io")
})

test_that("names with line ends, and those that mean something to R", {
    expected <- c("CASSF", "CASRF")
    for (name in c("a\nb.txt", "stdin", "clipboard", "a b.tsv", "http:x",
        "junction_aa\tv_call\nCASSF\tV", "$(rm -rf x).gz", "a'b\".tsv")) {
        file <- file_of("CASSF\nCASRF\n", name = name)
        expect_identical(quiet(file)$junction_aa, expected)
        file <- file_of(gzipped("junction_aa\nCASSF\nCASRF\n"), name = name)
        expect_identical(quiet(file)$junction_aa, expected)
        withr::with_dir(dirname(file), {
            expect_identical(quiet(name)$junction_aa, expected)
        })
    }
    expect_error(quiet("CASSF\nCASRF\n"), class = "clustcr_error_io")
})

test_that("counts that are no UTF-8 are typed errors, as other columns are", {
    file <- file_of("junction_aa\tduplicate_count\nCASSLGQAYEQYF\t1\n",
        "CASSPGQAYEQYF\t2\xe9\n")
    expect_error(quiet(file), "`duplicate_count` in line 3 is not",
        class = "clustcr_error_format")
})

# Every format by files written after its public description: which columns
# are taken, which rows are left out, and why.

b <- c("CASSLGQAYEQYF", "CASSIRSSYEQYF", "CASSPGTGGYEQYF", "CSARDPSGNTIYF")
a <- c("CAVRDSNYQLIW", "CAVSGGSYIPTF")
inner <- function(x) substr(x, 2, nchar(x) - 1)
no_rows_skipped <- c(
    malformed = 0, other_locus = 0, non_productive = 0, no_cell = 0,
    no_cdr3 = 0, unknown_ends = 0
)

# Reads a fixture and compares all there is to it. `skipped` without zeros.
expect_reads <- function(path, format, expected, skipped = c(), ...) {
    file <- fixture(path)
    expect_message(
        found <- readRepertoire(file, ...), "^Read ",
        class = "clustcr_message_read"
    )
    expect_identical(attr(found, "format"), format)
    expect_equal(
        without_attributes(found), data.frame(expected), info = path
    )
    all <- no_rows_skipped
    all[names(skipped)] <- skipped
    expect_identical(attr(found, "skipped"), all, info = path)
    # Naming the format changes nothing.
    named <- suppressMessages(readRepertoire(file, format = format, ...))
    expect_identical(named, found)
    # Nor do chunks, or line ends, or compression.
    for (size in c(1, 2, 100)) {
        parts <- read_parts(file, size, ...)
        expect_equal(without_attributes(parts), without_attributes(found))
        expect_identical(attr(parts, "skipped"), all)
    }
    for (end in c("\r\n", "\r")) {
        # Not of the line end within a quoted field.
        text <- readChar(file, file.size(file), useBytes = TRUE)
        if (grepl("two\nlines", text)) next
        text <- gsub("\n", end, text, fixed = TRUE)
        expect_identical(quiet(file_of(text), ...), found, info = path)
    }
    text <- readChar(file, file.size(file), useBytes = TRUE)
    expect_identical(quiet(file_of(gzipped(text)), ...), found)
    expect_identical(quiet(file_of(bom, text), ...), found)
}

test_that("AIRR tables, with UMIs, loci, cells and flags", {
    rows <- c(1, 3, 4, 6)
    expected <- list(
        junction_aa = c(b[1], a[1], b[2], "CARDYW"),
        v_call = c("TRBV7-9*01", "TRAV29/DV5*01", "TRBV28*01,TRBV27*01",
            "IGHV3-30*01"),
        j_call = c("TRBJ2-7*01", "TRAJ33*01", "TRBJ2-7*01", "IGHJ4*02"),
        duplicate_count = c(12L, 4L, 3L, 3L),
        repertoire_id = rep("rep1", 4), sequence_id = paste0("s", rows),
        locus = c("TRB", "TRA", "TRB", "IGH"),
        productive = c(TRUE, TRUE, NA, TRUE),
        cell_id = c("c1", "c1", "c2", "c3")
    )
    expected$locus[3] <- ""
    expect_reads("airr/umi_count.tsv", "airr", expected,
        c(non_productive = 1, no_cdr3 = 1))
    # The row without a locus is one by its genes.
    beta <- lapply(expected, `[`, c(1, 3))
    expect_reads("airr/umi_count.tsv", "airr", beta,
        c(other_locus = 2, non_productive = 1, no_cdr3 = 1), locus = "TRB")
    expect_reads("airr/umi_count.tsv", "airr", lapply(expected, `[`, 2),
        c(other_locus = 5), chain = "A")
    kept <- quiet(fixture("airr/umi_count.tsv"), productive = FALSE)
    expect_identical(kept$productive, c(TRUE, FALSE, TRUE, NA, TRUE))
    expect_identical(skipped_of(kept), c(no_cdr3 = 1))
})

test_that("rows without trailing fields", {
    expect_reads(
        "airr/trailing_fields.tsv", "airr",
        list(
            junction_aa = a, v_call = c("TRAV29/DV5*01", "TRAV14/DV4*01"),
            j_call = c("TRAJ33*01", "TRAJ6*01"), duplicate_count = c(4L, NA),
            repertoire_id = c("rep1", ""), sequence_id = c("s1", "s2"),
            locus = c("TRA", ""), productive = c(TRUE, TRUE),
            cell_id = c("c1", "")
        ),
        c(malformed = 1)
    )
    expect_message(
        readRepertoire(fixture("airr/trailing_fields.tsv")),
        "first malformed row is line 4.*missing in 1 ",
        class = "clustcr_message_read"
    )
})

test_that("AIRR tables of 10x, TRUST4 and BD", {
    tenx <- list(
        junction_aa = c(b[1], a[1], b[2]),
        v_call = c("TRBV7-9", "TRAV29/DV5", "TRBV28"),
        j_call = c("TRBJ2-7", "TRAJ33", "TRBJ2-7"),
        duplicate_count = c(12L, 4L, 1L),
        sequence_id = paste0(c("AAAC-1", "AAAC-1", "AAAG-1"), "_contig_",
            c(1, 2, 1)),
        productive = rep(TRUE, 3), cell_id = c("AAAC-1", "AAAC-1", "AAAG-1")
    )
    path <- "airr/10x_airr_rearrangement.tsv"
    expect_reads(path, "airr", tenx, c(non_productive = 1))
    expect_reads(path, "airr", lapply(tenx, `[`, 1:2),
        c(non_productive = 1, no_cell = 1), cells_only = TRUE)
    expect_reads(
        "trust4/airr.tsv", "airr",
        list(
            junction_aa = b[1], v_call = "TRBV7-9*01", j_call = "TRBJ2-7*01",
            duplicate_count = 35L, sequence_id = "assemble1_0",
            productive = TRUE, cell_id = "AAAC-1"
        ),
        c(non_productive = 1)
    )
    expect_reads(
        "bd/airr.tsv", "airr",
        list(
            junction_aa = b[1:2], v_call = c("TRBV7-9*01", "TRBV28*01"),
            j_call = rep("TRBJ2-7*01", 2), duplicate_count = c(7L, 1L),
            sequence_id = c("1_TRB_1", "2_TRB_1"), locus = c("TRB", "TRB"),
            productive = c(TRUE, TRUE), cell_id = c("1", "2")
        )
    )
})

test_that("10x contig annotations, old and new, and consensus annotations", {
    cells <- paste0("AAACCTGAGAAAC", c("CAT", "CAT", "CAT", "CGC", "CTA"), "-1")
    old <- list(
        junction_aa = c(b[1], a, b[2], "CARDYW"),
        v_call = c("TRBV7-9", "TRAV29/DV5", "TRAV14/DV4", "TRBV28",
            "IGHV3-30"),
        j_call = c("TRBJ2-7", "TRAJ33", "TRAJ6", "TRBJ2-7", "IGHJ4"),
        duplicate_count = c(12L, 5L, 2L, 9L, 3L),
        sequence_id = paste0(cells, "_contig_", c(1, 2, 3, 1, 1)),
        locus = c("TRB", "TRA", "TRA", "TRB", "IGH"),
        productive = rep(TRUE, 5), cell_id = cells
    )
    expect_reads("10x/filtered_v3.csv", "10x", old, c(non_productive = 2))
    # "Multi" is another locus than any.
    expect_reads("10x/filtered_v3.csv", "10x", lapply(old, `[`, c(1, 4)),
        c(other_locus = 4, non_productive = 1), chain = "B")
    new <- list(
        junction_aa = c(b[1], a[1], b[2], "CALWEVQELGKKIKVF"),
        v_call = c("TRBV7-9", "TRAV29/DV5", "TRBV28", "TRGV9"),
        j_call = c("TRBJ2-7", "TRAJ33", "TRBJ2-7", "TRGJP"),
        duplicate_count = c(12L, 5L, 1L, 2L),
        sequence_id = paste0(cells[c(1, 1, 4, 5)], "_contig_", c(1, 2, 1, 1)),
        locus = c("TRB", "TRA", "TRB", "TRG"), productive = rep(TRUE, 4),
        cell_id = cells[c(1, 1, 4, 5)]
    )
    expect_reads("10x/all_v7.csv", "10x", new, c(non_productive = 1))
    expect_reads("10x/all_v7.csv", "10x", lapply(new, `[`, -3),
        c(non_productive = 1, no_cell = 1), cells_only = TRUE)
    expect_reads(
        "10x/consensus.csv", "10x_consensus",
        list(
            junction_aa = c(b[1], a[1]), v_call = c("TRBV7-9", "TRAV23/DV6"),
            j_call = c("TRBJ2-7", "TRAJ33"), duplicate_count = c(12L, 5L),
            sequence_id = paste0("clonotype1_consensus_", 1:2),
            locus = c("TRB", "TRA"), productive = c(TRUE, TRUE)
        )
    )
})

test_that("Adaptive's exports in all styles of columns", {
    first <- list(
        junction_aa = c(b[1:3], "CASSYSGNEQFF"),
        v_call = c("TRBV7-9*01", "TRBV28*01", "", "TRBV6-6"),
        j_call = c(rep("TRBJ2-7*01", 3), "TRBJ2-1*01"),
        duplicate_count = c(246L, 20L, 7L, 6L), productive = rep(TRUE, 4)
    )
    for (count in c("templates_reads", "templates", "reads")) {
        expect_reads(paste0("adaptive/v1_", count, ".tsv"), "adaptive", first,
            c(non_productive = 2, no_cdr3 = 1))
    }
    second <- list(
        junction_aa = c(b[c(1, 4)], "CASSFTDTQYF"),
        v_call = c("TRBV7-9*01", "TRBV20-1*01", "TRBV12"),
        j_call = c("TRBJ2-7*01", "TRBJ1-3*01", "TRBJ2-3*01"),
        duplicate_count = c(46L, 3L, 1L), repertoire_id = rep("P1", 3),
        locus = rep("TRB", 3), productive = rep(TRUE, 3)
    )
    expect_reads("adaptive/v2.tsv", "adaptive_v2", second,
        c(non_productive = 2))
    second$duplicate_count <- c(300, 20, 4)
    expect_reads("adaptive/v2_null_templates.tsv", "adaptive_v2", second,
        c(non_productive = 2))
})

test_that("MiXCR 1 to 4", {
    expect_reads("mixcr/v1.txt", "mixcr", list(
        junction_aa = c(b[1], "CASS_YEQYF"), v_call = c("TRBV7-9", "TRBV28"),
        j_call = rep("TRBJ2-7", 2), duplicate_count = c(3541, 12),
        sequence_id = c("0", "1")
    ))
    expect_reads("mixcr/v2.txt", "mixcr", list(
        junction_aa = c(b[1], "CASS*YEQYF"), v_call = c("TRBV12-3", "TRBV2*01"),
        j_call = rep("TRBJ2-7", 2), duplicate_count = c(120, 5000),
        sequence_id = c("0", "1")
    ))
    expect_reads("mixcr/v3_best.txt", "mixcr", list(
        junction_aa = c(b[1], a[1]), v_call = c("TRBV7-9", "TRAV29/DV5*01"),
        j_call = c("TRBJ2-7", "TRAJ33"), duplicate_count = c(44, 11),
        sequence_id = c("0", "1"), locus = c("TRB", "")
    ))
    v4 <- list(
        junction_aa = c(b[1], "CALWEVQELGKKIKVF"),
        v_call = c("TRBV7-9", "TRGV9"), j_call = c("TRBJ2-7", "TRGJP"),
        duplicate_count = c(44L, 9L), sequence_id = c("0", "2"),
        locus = c("TRB", "TRG"), cell_id = c("AAAC", "AAAG")
    )
    expect_reads("mixcr/v4.tsv", "mixcr", v4, c(no_cdr3 = 1))
    expect_reads("mixcr/v4.tsv", "mixcr", lapply(v4, `[`, 1),
        c(other_locus = 1, no_cdr3 = 1), locus = "TRB")
})

test_that("VDJtools, with # and without, and its marks", {
    expected <- list(
        junction_aa = c(b[1], "CASS_YEQYF", "CASS_YEQYF", "CASS*YEQYF", b[2]),
        v_call = c("TRBV7-9", "TRBV28", "TRBV28", "TRBV12-3,TRBV12-4", ""),
        j_call = rep("TRBJ2-7", 5),
        duplicate_count = c(120L, 40L, 20L, 10L, 10L)
    )
    expect_reads("vdjtools/hash_header.txt", "vdjtools", expected)
    expect_reads("vdjtools/plain_header.txt", "vdjtools", expected)
})

test_that("TRUST4's report", {
    expect_reads(
        "trust4/report.tsv", "trust4",
        list(
            junction_aa = c(b[1], a[1]),
            v_call = c("TRBV7-9*01", "TRAV29/DV5*01"),
            j_call = c("TRBJ2-7*01", "TRAJ33*01"), duplicate_count = c(35L, 4L),
            sequence_id = c("assemble1", "assemble4")
        ),
        c(non_productive = 1, no_cdr3 = 1)
    )
})

test_that("BD Rhapsody, a chain and a cell a row", {
    chains <- list(
        junction_aa = c(inner(b[1]), inner(a[1]), "ARDY"),
        v_call = c("TRBV7-9*01", "TRAV29/DV5*01", "IGHV3-30*01"),
        j_call = c("TRBJ2-7*01", "TRAJ33*01", "IGHJ4*02"),
        duplicate_count = c(6L, 3L, 1L), locus = c("TRB", "TRA", "IGH"),
        productive = rep(TRUE, 3), cell_id = c("1", "1", "3")
    )
    path <- "bd/per_cell_chain.csv"
    expect_reads(path, "bd", chains, c(non_productive = 1))
    expect_reads(path, "bd", lapply(chains, `[`, 1:2),
        c(non_productive = 1, no_cell = 1), cells_only = TRUE)
    expect_message(
        readRepertoire(fixture(path)), "without their conserved",
        class = "clustcr_message_read"
    )
    beta <- list(
        junction_aa = inner(b[1]), v_call = "TRBV7-9*01",
        j_call = "TRBJ2-7*01", cell_id = "1"
    )
    expect_reads("bd/per_cell.csv", "bd_cells", beta, c(no_cdr3 = 1))
    alpha <- list(
        junction_aa = inner(a[1]), v_call = "TRAV29/DV5*01",
        j_call = "TRAJ33*01", cell_id = "1"
    )
    # The other cell's chain in this column is of gamma.
    expect_reads("bd/per_cell.csv", "bd_cells", alpha, c(other_locus = 1),
        locus = "TRA")
})

test_that("VDJdb: slim, of the browser, full", {
    slim <- list(
        junction_aa = c(b[1], a[1], b[2]),
        v_call = c("TRBV7-9*01", "TRAV29/DV5*01", ""),
        j_call = c("TRBJ2-7*01", "TRAJ33*01", "TRBJ2-7*01"),
        locus = c("TRB", "TRA", "TRB")
    )
    expect_reads("vdjdb/slim.txt", "vdjdb", slim)
    expect_reads("vdjdb/browser.tsv", "vdjdb", lapply(slim, `[`, 1:2))
    expect_reads("vdjdb/full.txt", "vdjdb_full", list(
        junction_aa = b[1:2], v_call = c("TRBV7-9*01", "TRBV28*01"),
        j_call = rep("TRBJ2-7*01", 2)
    ), c(no_cdr3 = 1))
    expect_reads("vdjdb/full.txt", "vdjdb_full", list(
        junction_aa = a, v_call = c("TRAV29/DV5*01", "TRAV14/DV4*01"),
        j_call = c("TRAJ33*01", "TRAJ6*01")
    ), c(no_cdr3 = 1), chain = "A")
})

test_that("McPAS, with quotes, missing values and line ends in fields", {
    beta <- list(
        junction_aa = b[1:2], v_call = c("TRBV7-9*01", "TRBV28"),
        j_call = c("TRBJ2-7*01", "TRBJ2-7")
    )
    expect_reads("mcpas/mcpas.csv", "mcpas", beta, c(no_cdr3 = 1))
    expect_reads("mcpas/mcpas.csv", "mcpas", beta, c(no_cdr3 = 1),
        locus = "TRB")
    both <- list(
        junction_aa_alpha = c(a[1], "", a[2]),
        v_call_alpha = c("TRAV29/DV5*01", "", "TRAV14"),
        j_call_alpha = c("TRAJ33", "", ""),
        junction_aa_beta = c(b[1:2], ""),
        v_call_beta = c("TRBV7-9*01", "TRBV28", ""),
        j_call_beta = c("TRBJ2-7*01", "TRBJ2-7", "")
    )
    found <- quiet(fixture("mcpas/mcpas.csv"), locus = c("TRA", "TRB"))
    expect_equal(without_attributes(found)[names(both)], data.frame(both))
    expect_length(found, 6)
    # What was written of pairs is read again.
    file <- withr::local_tempfile()
    utils::write.table(found, file, sep = "\t", row.names = FALSE)
    again <- quiet(file, locus = c("TRA", "TRB"))
    expect_identical(attr(again, "format"), "paired")
    expect_equal(without_attributes(again), without_attributes(found))
})

test_that("GIANA's columns, lists, and tables of usual names", {
    expect_reads("giana/no_header.txt", "giana", list(
        junction_aa = c(b[1:2], "CASS*F"),
        v_call = c("TRBV7-9*01", "TRBV28*01", "TRBV28*01")
    ))
    usual <- list(junction_aa = b[1:2], v_call = c("TRBV7-9*01", "TRBV28*01"))
    expect_reads("giana/header.txt", "table", usual)
    usual$duplicate_count <- c(3L, 1L)
    expect_reads("table/semicolon.csv", "table", usual)
    expect_reads("list/no_title.txt", "list", list(junction_aa = b[1:3]))
    expect_reads("list/title.csv", "list", list(junction_aa = b[1:3]))
})

test_that("tcrdist3 and immunarch", {
    expect_reads("tcrdist/clones.csv", "tcrdist", list(
        junction_aa = b[1:2], v_call = c("TRBV7-9*01", "TRBV28*01"),
        j_call = rep("TRBJ2-7*01", 2), duplicate_count = c(3L, 1L),
        repertoire_id = c("s1", "s2"), sequence_id = c("clone_0", "clone_1")
    ))
    expect_reads("immunarch/table.tsv", "immunarch", list(
        junction_aa = b[1], v_call = "TRBV7-9", j_call = "TRBJ2-7",
        duplicate_count = 173L
    ), c(no_cdr3 = 1))
})

test_that("the order and the case of columns, and others, do not matter", {
    for (path in c("10x/filtered_v3.csv", "adaptive/v2.tsv",
        "mixcr/v4.tsv", "airr/umi_count.tsv")) {
        file <- fixture(path)
        expected <- without_attributes(quiet(file))
        table <- utils::read.table(
            file, header = TRUE, sep = if (grepl("csv", path)) "," else "\t",
            colClasses = "character", check.names = FALSE,
            na.strings = character(), quote = ""
        )
        other <- withr::local_tempfile()
        for (names in list(rev(names(table)), sort(names(table)))) {
            shuffled <- cbind(table[names], extra = "x,y", more = "z")
            names(shuffled) <- toupper(names(shuffled))
            data.table::fwrite(shuffled, other, sep = ",", quote = TRUE)
            expect_equal(without_attributes(quiet(other)), expected)
            utils::write.table(shuffled, other, sep = "\t", quote = FALSE,
                row.names = FALSE)
            expect_equal(without_attributes(quiet(other)), expected)
        }
    }
})

test_that("`columns` goes before what the header says", {
    file <- file_of("id,my_cdr3,my_v,n\nx,CASSF,TRBV1,3\n")
    expect_error(readRepertoire(file), "Likeliest",
        class = "clustcr_error_format")
    found <- quiet(file, columns = c(
        junction_aa = "my_cdr3", v_call = "my_v", duplicate_count = "n",
        cell_id = "id"
    ))
    expect_equal(without_attributes(found), data.frame(
        junction_aa = "CASSF", v_call = "TRBV1", duplicate_count = 3L,
        cell_id = "x"
    ))
    expect_identical(
        quiet(fixture("vdjtools/hash_header.txt"), columns = c(
            duplicate_count = "VEnd"
        ))$duplicate_count,
        rep(11L, 5)
    )
    expect_error(
        quiet(file, columns = c(junction_aa = "my_cdr")),
        "`columns` names \"my_cdr\".*closest are `my_cdr3`",
        class = "clustcr_error_format"
    )
    for (bad in list("my_cdr3", c(cdr3 = "x"), c(junction_aa = NA), 1)) {
        expect_error(quiet(file, columns = bad), "`columns` must",
            class = "clustcr_error_invalid_argument")
    }
})

test_that("arguments are checked", {
    file <- fixture("list/title.csv")
    bad <- list(
        list(format = "fasta"), list(locus = "TRX"), list(locus = 1),
        list(locus = character()), list(chain = "C"), list(productive = NA),
        list(cells_only = "yes"), list(species = "cow"), list(chunk_size = 0),
        list(chunk_size = 1.5), list(callback = print),
        list(callback = 1, chunk_size = 2)
    )
    for (arguments in bad) {
        expect_error(
            do.call(readRepertoire, c(list(file), arguments)),
            paste0("`", names(arguments)[1], "`|`chunk_size`"),
            class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("chunks come by callback too, with the totals", {
    file <- fixture("10x/filtered_v3.csv")
    found <- list()
    expect_message(
        totals <- readRepertoire(file, chunk_size = 3, callback = function(x) {
            found[[length(found) + 1]] <<- x
        }),
        "5 of 7 rows; left out 2 not productive", class = "clustcr_message_read"
    )
    expect_length(found, 3)
    expect_identical(totals$rows, 5)
    expect_identical(totals$format, "10x")
    expect_identical(totals$skipped[["non_productive"]], 2)
    expect_equal(
        without_attributes(do.call(rbind, found)),
        without_attributes(quiet(file))
    )
})

test_that("options and locales change nothing", {
    for (path in c("10x/filtered_v3.csv", "mixcr/v2.txt", "adaptive/v2.tsv",
        "bd/per_cell_chain.csv")) {
        expected <- quiet(fixture(path))
        withr::with_options(
            list(OutDec = ",", scipen = -10, digits = 3, encoding = "latin1",
                datatable.integer64 = "character", warn = 2),
            expect_identical(quiet(fixture(path)), expected)
        )
        for (locale in c("C", "tr_TR.UTF-8", "de_DE.UTF-8")) {
            suppressWarnings(withr::with_locale(
                c(LC_CTYPE = locale, LC_COLLATE = locale),
                expect_identical(quiet(fixture(path)), expected)
            ))
        }
    }
})

test_that("no temporary file is left", {
    before <- list.files(tempdir(), "^clustcr-")
    file <- file_of(gzipped(paste0(
        "junction_aa\tv_call\n", strrep("CASSF\tV\nCASRF\n", 10)
    )))
    quiet(file)
    quiet(file, chunk_size = 3, callback = function(x) NULL)
    try(quiet(file, chunk_size = 3, callback = function(x) stop("no")),
        silent = TRUE)
    next_chunk <- readRepertoire(file, chunk_size = 3)
    next_chunk()
    rm(next_chunk)
    gc()
    try(quiet(file_of(gzipped("peptide\tx\ny\tz\n"))), silent = TRUE)
    expect_identical(list.files(tempdir(), "^clustcr-"), before)
})

test_that("readCdr3() is the short form", {
    for (path in c("10x/filtered_v3.csv", "mixcr/v4.tsv")) {
        found <- suppressMessages(readCdr3(fixture(path)))
        expected <- quiet(fixture(path))
        expect_identical(attr(found, "skipped"), attr(expected, "skipped"))
        expect_identical(
            without_attributes(found), without_attributes(expected)
        )
    }
})

test_that("real files are read whole", {
    skip_without_shared()
    files <- list.files(shared_path("formats"), recursive = TRUE,
        full.names = TRUE)
    expect_gt(length(files), 8)
    for (file in files) {
        found <- quiet(file)
        lines <- length(grep("^#", readLines(file), invert = TRUE)) - 1
        expect_equal(nrow(found) + sum(attr(found, "skipped")), lines)
        expect_gt(nrow(found), 0)
        expect_match(found$junction_aa, "^[A-Z*_]+$")
        expect_identical(
            attr(found, "format"),
            c("10x" = "10x", adaptive = "adaptive", airr = "airr",
                bd = "bd")[[basename(dirname(file))]]
        )
    }
    for (file in list.files(shared_path("data", "aging_lite"), "^A.*gz$",
        full.names = TRUE)) {
        found <- quiet(file)
        expect_identical(attr(found, "format"), "vdjtools")
        expect_equal(nrow(found), length(readLines(file)) - 1)
        expect_equal(sum(found$duplicate_count), 10000)
    }
})

test_that("a header is found behind any number of comments, and of rows", {
    rows <- "junction_aa\tv_call\nCASSF\tTRBV1\n"
    for (n in c(1, 198:202, 10000)) {
        comments <- strrep("# a note\n", n)
        expect_identical(quiet(file_of(comments, rows))$v_call, "TRBV1")
        titles <- strrep("a title\n", n)
        expect_identical(quiet(file_of(titles, rows), skip = n)$v_call,
            "TRBV1")
        expect_error(quiet(file_of(comments)), paste0("its ",
            shown_number(n), " lines|its ", n, " lines"),
            class = "clustcr_error_format")
    }
})

# What stands first where rows were left out.
first_lines <- function(x) {
    utils::capture.output(print(x))[1:2]
}

test_that("a run in which all was dropped says so first, and what to try", {
    folder <- withr::local_tempdir()
    alpha <- data.frame(junction_aa = c("CAVSF", "CATSF"), locus = "TRA",
        productive = "T")
    files <- write_cohort(list(a = alpha, b = alpha[1, ]), folder)
    said <- testthat::capture_messages(x <- clusterRepertoires(files))
    expect_match(said[1], paste0("^! Nothing is left: all 3 rows were left ",
        "out \\(3 of another locus\\)[.] `chain` says"))
    expect_match(first_lines(x)[1], "^! Nothing is left: all 3 rows")
    expect_match(first_lines(clusterAudit(x))[1],
        "^! Nothing is left: all 3 rows")
    expect_match(first_lines(summary(x))[1], "^! Nothing is left")
    # What is advised works.
    y <- suppressMessages(clusterRepertoires(files, chain = "A"))
    expect_false(any(grepl("^!", utils::capture.output(print(y)))))
    bad <- transform(alpha, junction_aa = c("CA*F", "CA_F"))
    files <- write_cohort(list(a = bad), folder)
    expect_match(testthat::capture_messages(clusterRepertoires(files,
        chain = "A"))[1], "^! Nothing is left: all 2 rows .*residues")
    alpha$productive <- "F"
    files <- write_cohort(list(a = alpha), folder)
    expect_match(testthat::capture_messages(clusterRepertoires(files,
        chain = "A"))[1], "`productive = FALSE` keeps such rows")
})

test_that("half of the rows are enough, less are told as they were", {
    audit <- data.frame(repertoire_id = c("a", "b"), given = c(10, 10),
        accepted = c(5, 5), stop_codon = c(5, 5), too_long = 0)
    expect_match(describe_loss(audit), paste0("^! Much was left out: 10 of 20",
        " rows \\(10 stop codon\\)[.] CDR3s must be"))
    audit$accepted <- c(5, 6)
    audit$stop_codon <- c(5, 4)
    expect_null(describe_loss(audit))
    pairs <- data.frame(repertoire_id = "a", given = 8, accepted = 4,
        stop_codon = 0)
    expect_null(describe_loss(pairs))
    audit <- data.frame(repertoire_id = letters[1:3], given = c(0, 2, 9),
        accepted = c(0, 0, 9), too_long = c(0, 2, 0))
    expect_identical(describe_loss(audit), c(
        "! No rows were found in 1 of 3 repertoires: \"a\".",
        "! All rows were left out of 1 of 3 repertoires: \"b\"."
    ))
    expect_identical(describe_loss(audit[1, ]),
        "! No rows were found, and none clustered.")
})

test_that("rows of another locus are no loss, where they are not all", {
    audit <- data.frame(repertoire_id = "a", given = 20, accepted = 8,
        other_locus = 7,
        wrong_chain = 4, stop_codon = 1)
    expect_null(describe_loss(audit))
    audit$accepted <- 3
    audit$stop_codon <- 6
    expect_match(describe_loss(audit),
        "^! Much was left out: 6 of 9 rows \\(6 stop codon\\)")
    audit <- data.frame(repertoire_id = "a", given = 20, accepted = 0,
        other_locus = 20)
    expect_match(describe_loss(audit), "^! Nothing is left: all 20 rows")
    folder <- withr::local_tempdir()
    both <- data.frame(junction_aa = c("CAVSF", "CASSF", "CASTF", "CATSF"),
        locus = c("TRA", "TRB", "TRB", "TRA"))
    files <- write_cohort(list(a = both), folder)
    said <- testthat::capture_messages(x <- clusterRepertoires(files))
    expect_false(any(startsWith(c(said, utils::capture.output(print(x))),
        "!")))
})

test_that("files without rows are mentioned, by clustering and by readers", {
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 40, 1), folder)
    none <- file.path(folder, c("empty.tsv", "header.tsv"))
    file.create(none[1])
    writeLines("junction_aa\tv_call", none[2])
    said <- testthat::capture_messages(x <- clusterRepertoires(c(files, none)))
    line <- "! No rows were found in 2 of 4 repertoires: \"empty\", \"header\"."
    expect_identical(said[1], paste0(line, "\n"))
    expect_identical(first_lines(x)[1], line)
    expect_identical(first_lines(clusterAudit(x))[1], line)
    expect_match(testthat::capture_messages(readRepertoire(none[1]))[1],
        "^! '.*empty.tsv' is empty: it has 0 bytes[.]")
    expect_match(testthat::capture_messages(readCdr3(none[2]))[1],
        "^! '.*header.tsv' has no rows[.]")
    said <- testthat::capture_messages(x <- clusterRepertoires(none))
    expect_identical(said[1], "! No rows were found, and none clustered.\n")
    expect_match(first_lines(x)[1], "^! No rows were found")
})

test_that("readers tell that nothing, or half, is left, and what to try", {
    file <- withr::local_tempfile(fileext = ".tsv")
    write <- function(productive, locus = "TRB") {
        utils::write.table(data.frame(junction_aa = c("CASSF", "CATSF"),
            productive, locus), file, sep = "\t", quote = FALSE,
            row.names = FALSE)
    }
    write("F")
    expect_match(testthat::capture_messages(readRepertoire(file))[1],
        "^! Nothing is left: all 2 rows .*`productive = FALSE`")
    write(c("F", "T"))
    expect_match(testthat::capture_messages(readRepertoire(file))[1],
        "^! Much was left out: 1 of 2 rows")
    write("T", c("TRA", "TRB"))
    # As asked for.
    expect_match(testthat::capture_messages(readRepertoire(file,
        locus = "TRA"))[1], "^Read ")
    expect_match(testthat::capture_messages(readRepertoire(file,
        locus = "TRG"))[1], "^! Nothing is left.*`locus` says")
})

test_that("sequences of which none is valid are told in another tone", {
    said <- testthat::capture_messages(Clustering(method = "mcl")$fit(c("CA*F",
        "CA*GF")))
    expect_match(said, paste0("^! No sequence of `data` can be clustered[.] ",
        "Skipped 2 of 2 sequences of `data`: 2 stop codon[.] CDR3s must"))
    expect_match(testthat::capture_messages(Clustering(method = "mcl")$fit(c(
        "CA*F", "CASSF"))), "^Skipped 1 of 2")
})

test_that("prints keep to 80 columns, however long the names are", {
    withr::local_options(width = 80)
    names <- paste0("patient_", strrep("x", 50), sprintf("%03d", 1:6), "_end")
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(6, 60, 1), folder)
    sheet <- data.frame(repertoire_id = names, file = files,
        group = rep(c(strrep("control ", 9), strrep("patient ", 9)), 3))
    x <- suppressMessages(clusterRepertoires(sheet, v_gene = "allele",
        j_gene = "none", distance = "levenshtein"))
    found <- suppressMessages(associateClusters(x, "group", min_samples = 1))
    labels <- data.frame(junction_aa = as.data.frame(x)$junction_aa[1:40],
        label = paste0(strrep("epitope of a virus ", 5), 1:4))
    some <- as.data.frame(x)
    some <- some[!duplicated(some$junction_aa), ]
    compared <- compareClusterings(some[1:40, ], some[11:60, ])
    wide <- suppressMessages(compareSettings(random_cohort(1, 60, 1)$a,
        inflation = c(1.2, 2), sample_size = 50))
    lost <- write_cohort(lapply(random_cohort(6, 9, 1), transform,
        locus = "TRA"), withr::local_tempdir())
    none <- suppressMessages(clusterRepertoires(data.frame(
        repertoire_id = names, file = lost)))
    for (object in list(x, summary(x), clusterAudit(x), clusterSummary(x),
        found,
        found[1:2, ], compared, wide, none, clusterAudit(none),
        Clustering(method = "mcl"))) {
        lines <- utils::capture.output(print(object))
        # Paths are to be copied, and stand alone.
        lines <- lines[!grepl("/", lines, fixed = TRUE)]
        expect_lte(max(nchar(lines, "width")), 80)
    }
})

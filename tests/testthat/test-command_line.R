# list(status, stdout, stderr) of the command line.
shell <- function(...) {
    skip_if_not_installed("callr")
    skip_if_not_installed("optparse")
    callr::rscript(
        system.file("scripts", "clustcr", package = "clustcr"), c(...),
        show = FALSE, fail_on_status = FALSE, timeout = 600,
        libpath = .libPaths()
    )
}

test_that("cluster, audit and write do what the functions do", {
    files <- write_cohort(random_cohort(2, 100, 41))
    folder <- withr::local_tempdir()
    directory <- file.path(folder, "kept")
    output <- file.path(folder, "clusters.tsv")
    done <- shell("cluster", files, "-d", directory, "-o", output,
        "--inflation", "2", "--v-gene", "none", "-t", "2")
    expect_identical(done$status, 0L)
    expect_match(done$stdout, "clusters of")
    expect_match(done$stderr, "Read 2 files of 200 rows")
    x <- openClusters(directory)
    expect_identical(clusterParameters(x)$mcl_params, c(2, 2))
    expected <- cohort_clusters(files, v_gene = "none", inflation = 2)
    expect_identical(as.data.frame(x), as.data.frame(expected))
    again <- file.path(folder, "again.tsv")
    done <- shell("write", directory, "-o", again, "-q")
    expect_identical(done[c("status", "stdout", "stderr")],
        list(status = 0L, stdout = "", stderr = ""))
    expect_identical(readLines(again), readLines(output))
    done <- shell("audit", directory)
    expect_identical(done$status, 0L)
    found <- utils::read.delim(text = done$stdout)
    expect_equal(found, as.data.frame(clusterAudit(x)))
})

test_that("TCRdist takes a table of V genes and weights", {
    files <- write_cohort(random_cohort(2, 100, 43))
    folder <- withr::local_tempdir()
    genes <- c("TRBV6-2", "TRBV6-3", "TRBV7-9")
    distances <- matrix(c(0, 1, 30, 1, 0, 30, 30, 30, 0), 3,
        dimnames = list(genes, genes))
    table <- file.path(folder, "v.csv")
    utils::write.csv(distances, table)
    output <- file.path(folder, "clusters.tsv")
    done <- shell("cluster", files, "-o", output, "--distance", "tcrdist",
        "--v-distance", table, "--weighted")
    expect_identical(done$status, 0L)
    expected <- file.path(folder, "expected.tsv")
    x <- cohort_clusters(files, distance = "tcrdist", v_distance = distances,
        weighted = TRUE)
    writeClusters(x, expected)
    expect_gt(length(x), 1)
    expect_identical(readLines(output), readLines(expected))
    expect_match(methodsText(x), "TCRdist \\(Dash et al\\. 2017\\) up to 12")
    utils::write.csv(distances[, -1], table)
    done <- shell("cluster", files, "-o", output, "--distance", "tcrdist",
        "--v-distance", table)
    expect_identical(done$status, 2L)
    expect_match(done$stderr, "`v_distance` must be a matrix", fixed = TRUE)
    done <- shell("cluster", files, "-o", output, "--v-distance", "no.csv")
    expect_identical(done$status, 2L)
    expect_match(done$stderr, "there is no file 'no.csv'", fixed = TRUE)
    empty <- file.path(folder, "empty.tsv")
    file.create(empty)
    for (none in c(empty, folder)) {
        done <- shell("cluster", files, "-o", output, "--distance", "tcrdist",
            "--v-distance", none)
        expect_identical(done$status, 2L)
        expect_match(done$stderr, "--v-distance must be a table", fixed = TRUE)
    }
})

test_that("exit codes tell usage, failure and files left out apart", {
    files <- write_cohort(random_cohort(2, 60, 42))
    folder <- withr::local_tempdir()
    output <- file.path(folder, "clusters.tsv")
    expect_identical(shell("--help")$status, 0L)
    expect_match(shell("cluster", "--help")$stdout, "--inflation",
        fixed = TRUE)
    expect_identical(shell("help", "cluster")$stdout,
        shell("cluster", "--help")$stdout)
    expect_identical(shell("help", "foo")$status, 2L)
    done <- shell("cluster", files, "-o", output, "--inflation", "abc")
    expect_identical(done$status, 2L)
    expect_match(done$stderr, "^clustcr: double expected, got .abc.; see")
    # Before any work.
    done <- shell("cluster", files, "-o", file.path(folder, "no", "o.tsv"))
    expect_identical(done$status, 1L)
    expect_match(done$stderr, "^clustcr: `output` must be a file in a folder")
    for (wrong in list(character(), "no", c("cluster", "--no"), "cluster",
        c("cluster", files), c("cluster", files, "-o", output, "--chain",
            "X"), "write")) {
        done <- shell(wrong)
        expect_identical(done$status, 2L)
        expect_match(done$stderr, "clustcr: ", fixed = TRUE)
    }
    expect_identical(shell("audit", folder)$status, 1L)
    writeLines(c("a,b", "1,2"), files[2])
    done <- shell("cluster", files, "-o", output)
    expect_identical(done$status, 1L)
    expect_match(done$stderr, "b.tsv", fixed = TRUE)
    expect_false(file.exists(output))
    done <- shell("cluster", files, "-o", output, "--on-error", "skip", "-q")
    expect_identical(done$status, 3L)
    expect_match(done$stderr, "b: ", fixed = TRUE)
    expect_true(file.exists(output))
})

test_that("assign does what assignClusters() does, a file after the other", {
    files <- write_cohort(random_cohort(3, 80, 43))
    folder <- withr::local_tempdir()
    directory <- file.path(folder, "kept")
    x <- cohort_clusters(files[1], directory = directory)
    expected <- do.call(rbind, lapply(files[2:3], function(file) {
        table <- suppressMessages(readRepertoire(file, chain = "B"))
        cbind(repertoire_id = sub(".tsv", "", basename(file), fixed = TRUE),
            suppressMessages(assignClusters(x, table)))
    }))
    shown <- shell("assign", directory, files[2:3], "-t", "2")
    expect_identical(shown$status, 0L)
    expect_match(shown$stderr, "Assigned '[^']*b[.]tsv': [0-9]+ identical, ")
    found <- utils::read.delim(text = shown$stdout, na.strings = "",
        colClasses = vapply(expected, typeof, ""))
    found$v_call[is.na(found$v_call)] <- ""
    expect_equal(found, expected)
    near <- shell("assign", directory, files[2], "--by", "cluster")
    expect_match(near$stderr, "Assigned '[^']*b[.]tsv': [0-9]+ rows")
    expect_identical(
        names(utils::read.delim(text = near$stdout)),
        c("repertoire_id", "row", "junction_aa", "v_call", "status", "cluster",
            "n_neighbors"))
    output <- file.path(folder, "assigned.tsv.gz")
    done <- shell("assign", directory, files[2:3], "-o", output, "-q", "-m",
        "1MB")
    expect_identical(done[c("status", "stdout", "stderr")],
        list(status = 0L, stdout = "", stderr = ""))
    expect_identical(readLines(output),
        strsplit(shown$stdout, "\r?\n")[[1L]])
    # What is wrong, by exit codes.
    for (wrong in list("assign", c("assign", directory), c("assign", directory,
        files[2], "-o", "a.parquet"), c("assign", directory, "nothing"))) {
        expect_identical(shell(wrong)$status, 2L)
    }
    expect_identical(shell("assign", folder, files[2])$status, 1L)
    writeLines(c("a,b", "1,2"), files[2])
    expect_identical(shell("assign", directory, files[2:3])$status, 1L)
    done <- shell("assign", directory, files[2:3], "--on-error", "skip", "-q")
    expect_identical(done$status, 3L)
    expect_match(done$stderr, "b.tsv' is left out", fixed = TRUE)
    expect_match(done$stdout, "^repertoire_id\t.*\nc\t1\t")
})

read_text <- function(file, separator = "\t") {
    utils::read.table(gzfile(file), sep = separator, header = TRUE,
        quote = if (separator == ",") "\"" else "", comment.char = "",
        na.strings = character(), check.names = FALSE,
        colClasses = "character")
}

as_text_table <- function(x) {
    as.data.frame(lapply(x, function(column) {
        if (is.character(column)) column
        else format(column, scientific = FALSE, trim = TRUE)
    }))
}

test_that("text files hold the table, plain and compressed", {
    x <- cohort_clusters(cohort_files(), memory_limit = "1MB",
        v_gene = "none")
    expect_gt(nrow(x@units), 1)
    folder <- withr::local_tempdir()
    columns <- c("duplicate_count", "n_samples", "sample_counts", "cluster_id")
    expected <- as_text_table(as.data.frame(x, columns = columns))
    for (name in c("a.tsv", "a.tsv.gz", "a.csv", "a.csv.gz", "a.TXT")) {
        file <- file.path(folder, name)
        expect_identical(writeClusters(x, file, columns = columns),
            normalizePath(file))
        separator <- if (grepl("csv", name)) "," else "\t"
        expect_identical(read_text(file, separator), expected)
        packed <- identical(readBin(file, "raw", 2), as.raw(c(0x1f, 0x8b)))
        expect_identical(packed, endsWith(name, ".gz"))
    }
    expect_identical(sort(list.files(folder)),
        sort(c("a.tsv", "a.tsv.gz", "a.csv", "a.csv.gz", "a.TXT")))
})

test_that("threads write the same bytes, and what only R can write", {
    tables <- random_cohort(3, 2000, 5)
    rows <- seq_len(nrow(tables[[1L]])) %% 40 == 0
    # A spreadsheet would take it for a formula, so the core leaves it to R.
    tables[[1L]]$v_call[rows] <- "=TRBV1"
    x <- cohort_clusters(write_cohort(tables), memory_limit = "1MB",
        singletons = TRUE)
    expect_gt(nrow(x@units), 2)
    written <- lapply(c(1, 2, 5), function(n_cpus) {
        file <- withr::local_tempfile(fileext = ".tsv")
        suppressMessages(writeClusters(x, file, n_cpus = n_cpus))
        readLines(file)
    })
    expect_identical(written[[2L]], written[[1L]])
    expect_identical(written[[3L]], written[[1L]])
    file <- withr::local_tempfile(lines = written[[1L]], fileext = ".tsv")
    expected <- as.data.frame(x, columns = c("duplicate_count", "n_samples"))
    expect_true("=TRBV1" %in% expected$v_call)
    expect_identical(read_text(file), as_text_table(expected))
    expect_error(writeClusters(x, file, n_cpus = 0), "`n_cpus`",
        class = "clustcr_error_invalid_argument")
})

test_that("columns have the order in which they were asked for, everywhere", {
    kept <- cohort_clusters(cohort_files(), memory_limit = "1MB")
    rows <- readRepertoire(cohort_files()[1L])
    folder <- withr::local_tempdir()
    asked <- list(c("n_samples", "duplicate_count"), c("cluster_id",
        "n_samples", "sample_counts", "duplicate_count"), rev(result_columns))
    for (x in list(kept, kept[3:1], Clustering(method = "mcl")$fit(rows))) {
        for (columns in asked) {
            expected <- as.data.frame(x, columns = columns)
            expect_identical(utils::tail(names(expected), length(columns)),
                columns)
            for (name in c("a.tsv", "a.csv.gz")) {
                file <- file.path(folder, name)
                unlink(file)
                writeClusters(x, file, columns = columns)
                expect_identical(read_text(file, if (name == "a.tsv") "\t"
                    else ","), as_text_table(expected))
            }
        }
    }
})

test_that("numbers are written in full, whatever the options", {
    tables <- list(a = data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
        v_call = "TRBV7-9", duplicate_count = c("100000", "123456789012")
    ))
    x <- cohort_clusters(write_cohort(tables))
    withr::local_options(OutDec = ",", scipen = -20)
    file <- withr::local_tempfile(fileext = ".tsv")
    writeClusters(x, file)
    expect_setequal(read_text(file)$duplicate_count,
        c("100000", "123456789012"))
    expect_identical(read_text(file)$cluster, c("1", "1"))
})

test_that("a file that is there is replaced wholly or not at all", {
    directory <- withr::local_tempdir()
    x <- cohort_clusters(cohort_files()[1:2], directory = directory)
    file <- withr::local_tempfile(lines = "before", fileext = ".tsv")
    Clustering(directory = directory)$batch_cleanup()
    expect_error(writeClusters(x, file), class = "clustcr_error_gone")
    expect_identical(readLines(file), "before")
    expect_length(list.files(dirname(file), paste0("^", basename(file), "-")),
        0)
})

test_that("wrong arguments are typed errors", {
    x <- cohort_clusters(write_cohort(random_cohort(1, 60, 31)))
    folder <- withr::local_tempdir()
    expect_error(writeClusters(x, file.path(folder, "a.xlsx")), "`file`",
        class = "clustcr_error_invalid_argument")
    expect_error(writeClusters(x, folder, "tsv"), class = "clustcr_error_io")
    expect_error(writeClusters(x, file.path(folder, "no", "a.tsv")),
        class = "clustcr_error_io")
    expect_error(writeClusters(x, file.path(folder, "a.tsv"), "sas"),
        "`format`", class = "clustcr_error_invalid_argument")
    expect_error(writeClusters(x, file.path(folder, "a.tsv"), columns = "b"),
        "`columns`", class = "clustcr_error_invalid_argument")
    expect_error(writeClusters(list(), file.path(folder, "a.tsv")), "`x`",
        class = "clustcr_error_invalid_argument")
    expect_length(list.files(folder), 0)
})

test_that("Parquet needs a package, and holds the table", {
    x <- cohort_clusters(cohort_files()[1:2])
    file <- withr::local_tempfile(fileext = ".parquet")
    if (has_package("arrow")) {
        writeClusters(x, file, columns = "n_samples")
        expect_equal(as.data.frame(arrow::read_parquet(file)),
            as.data.frame(x, columns = "n_samples"), ignore_attr = TRUE)
    } else if (has_package("nanoparquet")) {
        writeClusters(x, file, columns = "n_samples")
        expect_equal(as.data.frame(nanoparquet::read_parquet(file)),
            as.data.frame(x, columns = "n_samples"), ignore_attr = TRUE)
    } else {
        expect_error(writeClusters(x, file), "nanoparquet",
            class = "clustcr_error_missing_package")
        expect_false(file.exists(file))
        skip("Neither arrow nor nanoparquet is installed")
    }
})

test_that("Parquet is written a part after the other, none at all too", {
    skip_if_not_installed("nanoparquet")
    # So little memory that there are several units.
    x <- cohort_clusters(cohort_files(), v_gene = "none",
        memory_limit = "1MB")
    expect_gt(nrow(x@units), 1)
    file <- withr::local_tempfile(fileext = ".parquet")
    without_package("arrow")
    writeClusters(x, file, columns = result_columns)
    expect_equal(as.data.frame(nanoparquet::read_parquet(file)),
        as.data.frame(x, columns = result_columns), ignore_attr = TRUE)
    groups <- nanoparquet::read_parquet_metadata(file)$row_groups
    expect_identical(nrow(groups), nrow(x@units))
    none <- Clustering(method = "mcl")$fit("CASSF")
    writeClusters(none, file, columns = "n_samples")
    found <- nanoparquet::read_parquet(file)
    expect_identical(dim(found), c(0L, 4L))
    expect_identical(names(found), names(as.data.frame(none,
        columns = "n_samples")))
})

parquet_parts <- function(folder) {
    files <- list.files(folder, all.files = TRUE, no.. = TRUE)
    lapply(file.path(folder, files), function(file) {
        as.data.frame(nanoparquet::read_parquet(file))
    })
}

test_that("a folder of Parquet files holds the table, too", {
    skip_if_not_installed("nanoparquet")
    local_binding("rows_of_a_part", 20)
    place <- withr::local_tempdir()
    folder <- file.path(place, "clusters.parquet/")
    x <- cohort_clusters(cohort_files(), v_gene = "none", memory_limit = "1MB",
        output = folder)
    expect_identical(list.files(place, all.files = TRUE, no.. = TRUE),
        "clusters.parquet")
    parts <- parquet_parts(folder)
    expect_gt(length(parts), 1L)
    expect_identical(list.files(folder),
        sprintf("part-%05d.parquet", seq_along(parts) - 1))
    expect_equal(do.call(rbind, parts), as.data.frame(x, columns =
        c("duplicate_count", "n_samples")), ignore_attr = TRUE)
    # Whole clusters each.
    expect_identical(anyDuplicated(unlist(lapply(parts, function(part) {
        unique(part$cluster)
    }))), 0L)
    # Another takes its place; nothing of it is left.
    local_binding("rows_of_a_part", 1e6)
    expect_identical(writeClusters(x, folder, columns = character()),
        file.path(place, "clusters.parquet"))
    expect_equal(parquet_parts(folder), list(as.data.frame(x)),
        ignore_attr = TRUE)
    none <- Clustering(method = "mcl")$fit("CASSF")
    writeClusters(none, folder, columns = "n_samples")
    expect_identical(lapply(parquet_parts(folder), dim), list(c(0L, 4L)))
    # A name without an ending, where the format is given.
    writeClusters(x, file.path(place, "clusters/"), "parquet")
    expect_identical(list.files(file.path(place, "clusters")),
        "part-00000.parquet")
})

test_that("a folder with something else in it stays as it is", {
    skip_if_not_installed("nanoparquet")
    place <- withr::local_tempdir()
    folder <- file.path(place, "a.parquet")
    dir.create(folder)
    writeLines("mine", file.path(folder, "notes.txt"))
    expect_error(cohort_clusters(cohort_files(), output = paste0(folder, "/")),
        "it holds \"notes.txt\"", class = "clustcr_error_io")
    x <- cohort_clusters(cohort_files()[1])
    expect_error(writeClusters(x, paste0(folder, "/")), "notes.txt",
        class = "clustcr_error_io")
    expect_error(writeClusters(x, folder), class = "clustcr_error_io")
    expect_identical(list.files(place, all.files = TRUE, no.. = TRUE,
        recursive = TRUE), "a.parquet/notes.txt")
    unlink(file.path(folder, "notes.txt"))
    local_binding("walk_units", function(...) stop("no more"))
    expect_error(writeClusters(x, paste0(folder, "/")), "no more")
    expect_identical(list.files(place, all.files = TRUE, no.. = TRUE,
        recursive = TRUE, include.dirs = TRUE), "a.parquet")
})

test_that("the column of clusters is called as one likes", {
    skip_if_not_installed("nanoparquet")
    place <- withr::local_tempdir()
    tables <- random_cohort(2, 60, 31)
    tables$a$clone_id <- "before"
    x <- cohort_clusters(write_cohort(tables))
    right <- as.data.frame(x)
    names(right)[names(right) == "cluster"] <- "clone_id"
    written <- function(name) {
        writeClusters(x, file.path(place, name), columns = character(),
            cluster_column = "clone_id")
    }
    for (name in c("a.tsv", "a.csv", "a.tsv.gz")) {
        sep <- if (grepl("csv", name)) "," else "\t"
        found <- utils::read.delim(written(name), sep = sep,
            na.strings = character())
        expect_equal(found, right, ignore_attr = TRUE)
    }
    found <- nanoparquet::read_parquet(written("a.parquet"))
    expect_equal(as.data.frame(found), right, ignore_attr = TRUE)
    expect_equal(parquet_parts(written("b.parquet/")), list(right),
        ignore_attr = TRUE)
    folder <- written("airr")
    a <- utils::read.delim(file.path(folder, "a.tsv.gz"))
    expect_identical(names(a), c(names(tables$a)[1:3], "clone_id_of_input",
        "clone_id"))
    expect_identical(unique(a$clone_id_of_input), "before")
    writeClusters(x, file.path(place, "usual"), "airr")
    usual <- utils::read.delim(file.path(place, "usual", "a.tsv.gz"))
    expect_identical(a$clone_id, usual$cluster)
    expect_gt(sum(!is.na(a$clone_id)), 0)
    output <- file.path(place, "c.tsv")
    cohort_clusters(tables, output = output, cluster_column = "clone_id")
    expect_match(readLines(output, 1), "clone_id")
    for (name in list("junction_aa", "n_samples", "a\nb", "", NA, 1)) {
        expect_error(writeClusters(x, output, cluster_column = name),
            "`cluster_column`", class = "clustcr_error_invalid_argument")
        expect_error(clusterRepertoires(tables, cluster_column = name),
            "`cluster_column`", class = "clustcr_error_invalid_argument")
    }
})

# The cluster of each row by the table, looked up row by row.
naive_clusters <- function(rows, table) {
    key <- paste(table$junction_aa, table$v_call)
    level <- sub("[*].*", "", rows$v_call)
    found <- table$cluster[match(paste(rows$junction_aa, level), key)]
    ifelse(is.na(found), "", found)
}

test_that("AIRR files have the rows of the input, each once, with cluster", {
    tables <- random_cohort(3, 150, 32)
    for (i in seq_along(tables)) {
        # Columns of the user's, one called as ours, rows that are left out.
        tables[[i]]$note <- paste0("row ", seq_len(150), " \u00e9")
        tables[[i]]$cluster <- "mine"
        tables[[i]]$productive <- rep(c("T", "F", "T"), 50)
        tables[[i]]$junction_aa[c(4, 7)] <- c("", "CASS*F")
    }
    files <- write_cohort(tables)
    x <- cohort_clusters(files)
    folder <- file.path(withr::local_tempdir(), "rows")
    expect_silent(writeClusters(x, folder))
    expect_setequal(list.files(folder), paste0(names(tables), ".tsv.gz"))
    table <- as.data.frame(x)
    clustered <- 0
    for (i in seq_along(tables)) {
        found <- read_text(file.path(folder,
            paste0(names(tables)[i], ".tsv.gz")))
        input <- read_text(files[i])
        names(input)[names(input) == "cluster"] <- "cluster_of_input"
        expect_identical(found[setdiff(names(found), "cluster")], input)
        expected <- naive_clusters(input, table)
        expected[input$productive == "F"] <- ""
        expect_identical(found$cluster, expected)
        clustered <- clustered + sum(found$cluster != "")
    }
    # What this has written, written again: no two columns of one name.
    expect_identical(clustcr:::without_cluster(c("cluster_of_input", "x",
        "cluster"), "cluster"), c("cluster_of_input", "x",
        "cluster_of_input_1"))
    expect_gt(clustered, 20)
})

test_that("of other formats AIRR's columns are written, all rows too", {
    folder <- withr::local_tempdir()
    writeLines(c(
        "barcode,contig_id,chain,v_gene,j_gene,productive,cdr3,umis",
        "A-1,A-1_1,TRB,TRBV7-9,TRBJ2-7,True,CASSLGQAYEQYF,12",
        "A-1,A-1_2,TRA,TRAV29DV5,TRAJ40,True,CAGGGSGTYKYIF,2",
        "B-1,B-1_1,TRB,None,TRBJ1-1,False,None,5",
        "C-1,C-1_1,TRB,TRBV7-9,TRBJ2-7,True,CASSPGQAYEQYF,100000"
    ), file.path(folder, "tenx.csv"))
    writeLines(c("CASSRGQAYEQYF", "", "CASSLGQAYEQYF"),
        file.path(folder, "list.txt"))
    x <- cohort_clusters(folder, v_gene = "none")
    out <- file.path(folder, "out")
    writeClusters(x, out, "airr")
    found <- read_text(file.path(out, "tenx.tsv.gz"))
    expect_identical(found$sequence_id, c("A-1_1", "A-1_2", "B-1_1", "C-1_1"))
    expect_identical(found$productive, c("T", "T", "F", "T"))
    expect_identical(found$duplicate_count, c("12", "2", "5", "100000"))
    expect_identical(found$cluster, c("1", "", "", "1"))
    expect_identical(unique(found$repertoire_id), "tenx")
    found <- read_text(file.path(out, "list.tsv.gz"))
    expect_identical(found$junction_aa, c("CASSRGQAYEQYF", "", "CASSLGQAYEQYF"))
    expect_identical(found$cluster, c("1", "", "1"))
})

test_that("the chains of a cell have the cluster of their pair", {
    folder <- withr::local_tempdir()
    row <- function(cell, n, chain, v, cdr3, umis) {
        paste(cell, paste0(cell, "_", n), chain, v, "", "True", cdr3, umis,
            sep = ",")
    }
    writeLines(c(
        "barcode,contig_id,chain,v_gene,j_gene,productive,cdr3,umis",
        row("A", 1, "TRB", "TRBV7-9", "CASSLGQAYEQYF", 9),
        row("A", 2, "TRA", "TRAV3", "CAVRDSNYQLIW", 9),
        # Less than the other alpha chain.
        row("A", 3, "TRA", "TRAV3", "CAVRESNYQLIW", 1),
        row("B", 1, "TRA", "TRAV3", "CAVRDSNYQLIW", 2),
        row("B", 2, "TRB", "TRBV7-9", "CASSPGQAYEQYF", 2),
        row("C", 1, "TRB", "TRBV7-9", "CASSLGQAYEQYF", 2)
    ), file.path(folder, "cells.csv"))
    x <- cohort_clusters(folder, chain = "AB")
    expect_identical(nrow(as.data.frame(x)), 2L)
    out <- file.path(folder, "out")
    expect_no_message(writeClusters(x, out),
        class = "clustcr_message_columns")
    expect_message(writeClusters(x, out, columns = "n_samples"),
        "`columns` are not written", class = "clustcr_message_columns")
    found <- read_text(file.path(out, "cells.tsv.gz"))
    expect_identical(found$sequence_id,
        c("A_1", "A_2", "A_3", "B_1", "B_2", "C_1"))
    expect_identical(found$cluster, c("1", "1", "", "1", "1", ""))
})

test_that("AIRR output needs the files as they were", {
    files <- write_cohort(random_cohort(2, 60, 33))
    x <- cohort_clusters(files)
    out <- file.path(withr::local_tempdir(), "out")
    cat("CASSF\tTRBV2\t1\n", file = files[2], append = TRUE)
    expect_error(writeClusters(x, out), "b.tsv",
        class = "clustcr_error_changed")
    unlink(files[2])
    expect_error(writeClusters(x, out), "b.tsv", class = "clustcr_error_io")
    expect_false(dir.exists(out))
    directory <- withr::local_tempdir()
    run <- Clustering(method = "mcl", directory = directory)
    run$batch_precluster(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"))
    run$batch_cluster_all(identity)
    expect_error(writeClusters(openClusters(directory), out),
        class = "clustcr_error_invalid_argument")
    run$batch_cleanup()
})

test_that("the table can be written by the one call", {
    output <- withr::local_tempfile(fileext = ".tsv")
    x <- cohort_clusters(cohort_files()[1:2], output = output)
    expect_identical(read_text(output),
        as_text_table(as.data.frame(x, columns = c("duplicate_count",
            "n_samples"))))
    expect_error(cohort_clusters(cohort_files()[1], output = "a.pdf"),
        "`output`", class = "clustcr_error_invalid_argument")
})

test_that("aging_lite's rows come back with their clusters", {
    skip_without_shared()
    x <- cohort_clusters(shared_path("data", "aging_lite"), n_cpus = 2)
    out <- file.path(withr::local_tempdir(), "rows")
    writeClusters(x, out)
    table <- as.data.frame(x)
    for (i in c(1, 20, 41)) {
        found <- read_text(file.path(out,
            paste0(clusterSamples(x)$repertoire_id[i], ".tsv.gz")))
        input <- read_text(clusterSamples(x)$file[i])
        # VDJtools marks a shifted frame by either.
        expect_identical(found$junction_aa, chartr("~", "_", input$cdr3aa))
        expect_identical(found$cluster,
            naive_clusters(found[c("junction_aa", "v_call")], table))
    }
})

test_that("repertoires whose names make one name of a file have files each", {
    names <- c("a/b", "a:b", "a_b", "A_B", "<b>\u00e9</b>")
    files <- write_cohort(random_cohort(5, 40, 77))
    x <- cohort_clusters(data.frame(file = files, repertoire_id = names))
    folder <- withr::local_tempdir()
    writeClusters(x, folder, "airr")
    expect_setequal(list.files(folder), paste0(c("a_b", "A_B_1", "a_b_2",
        "a_b_3", "_b_\u00e9__b_"), ".tsv.gz"))
    whose <- vapply(file.path(folder, list.files(folder)), function(file) {
        read_text(file)$junction_aa[1L]
    }, "")
    expect_setequal(unname(whose), unname(vapply(files, function(file) {
        utils::read.delim(file)$junction_aa[1L]
    }, "")))
    # The name that needs no change keeps it.
    expect_identical(read_text(file.path(folder, "a_b.tsv.gz"))$junction_aa,
        utils::read.delim(files[3])$junction_aa)
})

test_that("where a table can't be written is told before any work", {
    folder <- withr::local_tempdir()
    for (output in file.path(folder, c("no/o.tsv", "o.xlsx"))) {
        directory <- file.path(folder, "kept")
        expect_error(cohort_clusters(cohort_files(), directory = directory,
            output = output), "^`output` must ")
        expect_false(dir.exists(directory))
    }
})

test_that("rows that are left out have no cluster in AIRR's tables", {
    # Each is left out for another reason; its receptor is in a cluster.
    rows <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSLGQAYEQYF",
            "CASSPGQAYEQYF"),
        v_call = "TRBV7-9*01",
        productive = c("T", "T", "F", "T"),
        locus = c("TRB", "TRB", "TRB", "TRA")
    )
    x <- cohort_clusters(write_cohort(list(a = rows)))
    folder <- withr::local_tempdir()
    suppressMessages(writeClusters(x, folder, "airr"))
    found <- read_text(file.path(folder, "a.tsv.gz"))
    expect_identical(found$junction_aa, rows$junction_aa)
    expect_identical(found$cluster, c("1", "1", "", ""))
})

test_that("what CSV quotes comes back as it was in AIRR's tables", {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "r.csv")
    writeLines(c(
        "sequence_id,junction_aa,v_call,\"my \"\"note\"\" 1\"",
        "1,CASSLGQAYEQYF,TRBV7-9*01,\"a, b\"\"c\"",
        "2,CASSLGQGYEQYF,TRBV7-9*01,d",
        "3,CASSLGQGYEQYF,\"TRBV7-9*01\",\"two\nlines, a\ttab\"",
        "4,CASSLGQSYEQYF,TRBV7-9*01,\"\"\"\"\"\"",
        "5,CASSLGQSYEQYF,TRBV7-9*01,\"\""
    ), file)
    x <- cohort_clusters(file)
    out <- file.path(folder, "out")
    expect_message(writeClusters(x, out, "airr"), "^1 field has tabs",
        class = "clustcr_message_fields")
    found <- read_text(file.path(out, "r.tsv.gz"))
    expect_identical(found$sequence_id, as.character(1:5))
    expect_identical(found[["my \"note\" 1"]],
        c("a, b\"c", "d", "two lines, a tab", "\"\"", ""))
    expect_identical(found$cluster, c("1", "1", "1", "1", "1"))
})

test_that("names that a file can't have are refused before any work", {
    files <- write_cohort(random_cohort(2, 40, 12))
    folder <- withr::local_tempdir()
    directory <- file.path(folder, "kept")
    long <- strrep("\u00e9", 101)
    for (name in c("a\rb", "a\nb", "a\x01b", "a\xff", long)) {
        refused <- function(code) {
            expect_error(code, "at most 200 bytes",
                class = "clustcr_error_invalid_argument")
        }
        refused(cohort_clusters(stats::setNames(files, c("a", name)),
            directory = directory))
        refused(cohort_clusters(files, directory = directory, samples =
            data.frame(file = files, sample = c(name, "b"))))
        refused(cohort_clusters(data.frame(file = files,
            sample_id = c(name, "b")), directory = directory))
        expect_false(dir.exists(directory))
        run <- Clustering(method = "mcl", directory = directory)
        if (name != "a\nb") {
            refused(run$batch_precluster("CASSLGQAYEQYF", name = name))
        }
        refused(run$batch_precluster_files(files, names = c("a", name)))
        expect_false(dir.exists(directory))
    }
    odd <- file.path(folder, "a\rb.tsv")
    file.copy(files[1], odd)
    expect_error(cohort_clusters(odd, directory = directory), "repertoire_id",
        class = "clustcr_error_invalid_argument")
    expect_false(dir.exists(directory))
})

test_that("names with parts of a path stay in the folder", {
    names <- c("../a", "..", "/etc/a", "C:\\a", strrep("b", 200))
    files <- write_cohort(random_cohort(5, 40, 78))
    x <- cohort_clusters(data.frame(file = files, repertoire_id = names))
    folder <- file.path(withr::local_tempdir(), "out")
    writeClusters(x, folder, "airr")
    expect_length(list.files(folder), 5L)
    expect_identical(list.files(dirname(folder), all.files = TRUE,
        no.. = TRUE), "out")
    ids <- vapply(list.files(folder, full.names = TRUE), function(file) {
        unique(read_text(file)$junction_aa)[1L]
    }, "")
    expect_length(unique(ids), 5L)
})

test_that("names that are formulas are told once, and made safe", {
    folder <- withr::local_tempdir()
    file <- file.path(folder, "list.txt")
    writeLines(c("CASSRGQAYEQYF", "CASSLGQAYEQYF"), file)
    x <- cohort_clusters(c("=1+1" = file))
    out <- file.path(folder, "out")
    written <- file.path(out, "=1+1.tsv.gz")
    expect_message(writeClusters(x, out, "airr"), "such as \"=1[+]1\"",
        class = "clustcr_message_fields")
    expect_identical(unique(read_text(written)$repertoire_id), "=1+1")
    suppressMessages(writeClusters(x, out, "airr", safe = TRUE))
    expect_identical(read_text(written)$repertoire_id, c("'=1+1", "'=1+1"))
    expect_silent(writeClusters(x, file.path(folder, "x.csv")))
    expect_error(writeClusters(x, file.path(folder, "x.tsv"), safe = NA),
        "`safe`", class = "clustcr_error_invalid_argument")
    expect_error(writeClusters(x, file.path(folder, "x.parquet"), safe = TRUE),
        "`safe`", class = "clustcr_error_invalid_argument")
})

test_that("text that the core makes is that of the table, byte for byte", {
    genes <- list(
        c("TRBV7-9", "TRBV6-2*01", "", "TRBV12-3,TRBV12-4"),
        c("TRBV7-9", "=1+1"), c("TRBV7-9", "a \"b\""), c("TRBV7-9", "\u03b2"),
        c("TRBV7-9", "x"), c("@x", "+1")
    )
    tables <- lapply(genes, function(own) {
        table <- expand.grid(
            junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSIRSSYEQYF"),
            v_call = own, stringsAsFactors = FALSE
        )
        table$duplicate_count <- c("1", "123456", "9007199254740991")[
            seq_len(nrow(table)) %% 3 + 1]
        table
    })
    folder <- withr::local_tempdir()
    columns <- c("duplicate_count", "n_samples", "sample_counts", "cluster_id")
    for (own in tables) for (v_gene in c("gene", "allele")) {
        x <- cohort_clusters(write_cohort(list(a = own, b = own[-1, ])),
            v_gene = v_gene, singletons = TRUE)
        for (name in c("a.tsv", "a.csv", "a.tsv.gz")) {
            for (safe in c(FALSE, TRUE)) {
                file <- file.path(folder, name)
                plain <- file.path(folder, "plain")
                unlink(plain)
                suppressMessages(writeClusters(x, file, columns = columns,
                    safe = safe))
                writer <- clustcr:::table_writer(
                    if (name == "a.csv") "csv" else "tsv", safe
                )
                clustcr:::write_tables(writer, plain, FALSE, function(put) {
                    put(clustcr:::empty_unit(x, columns))
                    clustcr:::walk_units(x, put, columns)
                })
                expect_identical(readLines(file), readLines(plain))
                if (name != "a.tsv.gz") {
                    expect_identical(tools::md5sum(file)[[1]],
                        tools::md5sum(plain)[[1]])
                }
            }
        }
    }
})

test_that("a disk that is full is told of text that the core makes", {
    skip_if_not(file.exists("/dev/full"))
    expect_error(
        clustcr:::text_or_error("a.tsv", {
            x <- cohort_clusters(cohort_files()[1:2], v_gene = "none")
            clustcr:::cpp_run_append_units(clustcr:::open_kept(x), 1, 1,
                character(), "\t", "/dev/full", 1L)
        }),
        "'a.tsv' can't be written: No space left", class = "clustcr_error_io"
    )
})

test_that("the README's block runs", {
    x <- random_cdr3(1200, 1)
    files <- withr::local_tempfile(pattern = c("a", "b", "c"),
        fileext = ".txt")
    for (i in 1:3) writeLines(x[seq(i, 1200, 3)], files[i])
    out <- withr::local_tempfile(fileext = ".tsv")

    clustering <- Clustering(
        faiss_training_data = x, fitting_data_size = 1200,
        max_sequence_size = 32, faiss_cluster_size = 200
    )
    for (file in files) {
        clustering$batch_precluster(readCdr3(file), name = basename(file))
    }
    while (!is.null(clusters <- clustering$batch_cluster())) {
        expect_named(clusters, c("junction_aa", "cluster", "precluster"))
        expect_type(clusters$cluster, "integer")
        expect_type(clusters$precluster, "integer")
        data.table::fwrite(clusters, out, append = TRUE)
    }
    written <- data.table::fread(out)
    expect_identical(anyDuplicated(written$junction_aa), 0L)
    expect_identical(
        sort(unique(written$cluster)), seq_len(max(written$cluster))
    )
    # Nobody is alone: a cluster of one would be a singleton.
    expect_gte(min(table(written$cluster)), 1)
    expect_true(all(written$junction_aa %in% x))
    expect_identical(clustering$batches()$repertoire_id, basename(files))
    clustering$batch_cleanup()
    expect_false(dir.exists(clustering$directory))
})

test_that("an object made without arguments writes nothing", {
    folder <- withr::local_tempdir()
    withr::local_dir(folder)
    before <- list.files(tempdir())
    run <- Clustering()
    expect_output(print(run), "Not trained")
    expect_identical(list.files(folder), character())
    expect_identical(list.files(tempdir()), before)
    expect_error(run$batch_cluster(), class = "clustcr_error_no_batches")
    expect_error(
        run$batch_precluster("CASSF"), "faiss_training_data",
        class = "clustcr_error_invalid_argument"
    )
})

test_that("the published arguments have their published defaults", {
    run <- Clustering()
    expect_identical(run$method, "two-step")
    expect_equal(run$faiss_cluster_size, 5000)
    expect_equal(run$mcl_params, c(1.2, 2))
    expect_equal(run$n_cpus, 1)
})

test_that("wrong arguments are refused and named", {
    refused <- function(..., argument) {
        expect_error(
            Clustering(...), argument, class = "clustcr_error_invalid_argument"
        )
    }
    refused(method = "three-step", argument = "method")
    refused(chain = "C", argument = "chain")
    refused(n_cpus = 0, argument = "n_cpus")
    refused(n_cpus = "many", argument = "n_cpus")
    refused(faiss_cluster_size = 0, argument = "faiss_cluster_size")
    refused(mcl_params = 1.2, argument = "mcl_params")
    refused(mcl_params = c(1, 2), argument = "inflation")
    refused(mcl_params = c(2, 1), argument = "expansion")
    refused(mcl_params = c(2, 2.5), argument = "expansion")
    refused(max_sequence_size = 0, argument = "max_sequence_size")
    refused(seed = -1, argument = "seed")
    refused(memory_limit = "much", argument = "memory_limit")
    refused(invalid = "ignore", argument = "invalid")
    refused(borders = "open", argument = "borders")
    refused(directory = 1, argument = "directory")
    refused(faiss_training_data = 1:3, argument = "faiss_training_data")
})

test_that("NULL comes after the last batch, and rewinding begins again", {
    run <- batch_run(random_cdr3(4000, 2), memory_limit = "1MB")
    first <- all_batches(run)
    expect_gt(attr(first, "batches"), 1)
    expect_null(run$batch_cluster())
    expect_null(run$batch_cluster())
    run$batch_rewind()
    expect_identical(all_batches(run), first)
    run$batch_cleanup()
})

test_that("callbacks and iterators see what batch_cluster() returns", {
    run <- batch_run(random_cdr3(4000, 3), memory_limit = "1MB")
    expected <- batch_table(run)
    seen <- list()
    clusters <- run$batch_cluster_all(function(clusters, tag) {
        expect_identical(tag, "extra")
        seen[[length(seen) + 1]] <<- clusters
    }, "extra")
    expect_identical(do.call(rbind, seen), expected)
    expect_equal(clusters, max(expected$cluster))

    run$batch_rewind()
    skip_if_not_installed("coro")
    seen <- list()
    coro::loop(for (clusters in run$batch_iterator()) {
        seen[[length(seen) + 1]] <- clusters
    })
    expect_identical(do.call(rbind, seen), expected)
    run$batch_cleanup()
})

test_that("singletons are left out unless asked for", {
    x <- random_cdr3(800, 4)
    for (borders in c("cut", "join")) {
        run <- batch_run(x, borders = borders)
        without <- batch_table(run)
        run$batch_rewind()
        with <- batch_table(run, singletons = TRUE)
        expect_setequal(with$junction_aa, x)
        expect_lt(nrow(without), length(x))
        alone <- !with$junction_aa %in% without$junction_aa
        expect_identical(anyDuplicated(with$cluster[alone]), 0L)
        # The others are grouped as before.
        same <- with[match(without$junction_aa, with$junction_aa), ]
        expect_identical(
            match(same$cluster, same$cluster),
            match(without$cluster, without$cluster)
        )
        run$batch_cleanup()
    }
})

test_that("preclusters without sequences or edges are no error", {
    sample <- random_cdr3(500, 5)
    run <- Clustering(
        faiss_training_data = sample, fitting_data_size = 500,
        max_sequence_size = 20, faiss_cluster_size = 20, borders = "cut"
    )
    run$batch_precluster(c("CASSLGQAYEQYF", "CASSWWWWWWWWF"))
    table <- run$batch_cluster()
    expect_identical(nrow(table), 0L)
    expect_named(table, c("junction_aa", "cluster", "precluster"))
    run$batch_rewind()
    expect_identical(nrow(batch_table(run, singletons = TRUE)), 2L)
    run$batch_cleanup()
})

test_that("method faiss gives each precluster as one cluster", {
    x <- random_cdr3(1000, 6)
    run <- batch_run(x, method = "faiss")
    table <- batch_table(run)
    expect_setequal(table$junction_aa, x)
    expect_identical(
        match(table$cluster, table$cluster),
        match(table$precluster, table$precluster)
    )
    run$batch_cleanup()
})

test_that("bad sequences are counted by reason, and told once", {
    x <- random_cdr3(300, 7)
    bad <- c(NA, "", "CASS*F", "CASS_F", "cassf", "CASSXF", "CASS F",
        "CAS\u00c9F", strrep("A", 21))
    run <- batch_run(x, batches = 1)
    messages <- character()
    withCallingHandlers(
        run$batch_precluster(c(bad, x), name = "bad"),
        clustcr_message = function(m) {
            messages <<- c(messages, conditionMessage(m))
            invokeRestart("muffleMessage")
        }
    )
    expect_length(messages, 1)
    expect_match(messages, "Skipped 9 of 309")
    audit <- run$audit()
    row <- audit[audit$repertoire_id == "bad", ]
    expect_equal(row$given, 309)
    expect_equal(row$accepted, 300)
    expect_equal(
        unlist(row[c("missing", "empty", "stop_codon", "out_of_frame",
            "lower_case", "not_amino_acid", "too_long")], use.names = FALSE),
        c(1, 1, 1, 1, 1, 3, 1)
    )
    run$batch_cleanup()
})

test_that("with invalid = \"error\" nothing is written", {
    x <- random_cdr3(300, 8)
    run <- batch_run(x, batches = 1, invalid = "error")
    before <- files_below(run$directory)
    expect_error(
        run$batch_precluster(c(x, "CASS*F"), name = "bad"), "stop codon",
        class = "clustcr_error_invalid_sequence"
    )
    expect_identical(files_below(run$directory), before)
    run$batch_cleanup()
})

test_that("names come back unchanged", {
    x <- random_cdr3(200, 9)
    names <- c("a,b", "a\tb", "line\nbreak", "\"quoted\"", "back\\slash",
        "\u65e5\u672c \u00e9", " spaces ", "../up", "NA", "check:\t1")
    run <- Clustering(
        faiss_training_data = x, fitting_data_size = 200,
        max_sequence_size = 20
    )
    for (name in names) run$batch_precluster(x[1:20], name = name)
    expect_identical(run$batches()$repertoire_id, enc2utf8(names))
    rows <- readPrecluster(run$directory, 1)
    expect_identical(unique(rows$repertoire_id), enc2utf8(names))
    run$batch_cleanup()
})

test_that("counts and V genes are kept", {
    x <- data.frame(
        junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASSLGF"),
        v_call = c("TRBV7-9*01", NA, "TRBV5-1"),
        duplicate_count = c(3, NA, 2^40)
    )
    run <- Clustering(faiss_training_data = x, max_sequence_size = 20)
    run$batch_precluster(x, name = "one")
    rows <- readPrecluster(run$directory, 1)
    expect_identical(rows$junction_aa, x$junction_aa)
    expect_identical(rows$v_call, c("TRBV7-9*01", "", "TRBV5-1"))
    expect_equal(rows$duplicate_count, c(3, 1, 2^40))
    run$batch_cleanup()
})

test_that("two objects leave each other alone, and cleanup spares others", {
    x <- random_cdr3(400, 10)
    folder <- withr::local_tempdir()
    mine <- file.path(folder, "notes.txt")
    writeLines("mine", mine)
    one <- batch_run(x, directory = folder)
    two <- batch_run(rev(x))
    expect_false(one$directory == two$directory)
    expected <- batch_table(two)
    one$batch_cleanup()
    expect_identical(list.files(folder, recursive = TRUE), "notes.txt")
    expect_identical(readLines(mine), "mine")
    two$batch_rewind()
    expect_identical(batch_table(two), expected)
    two$batch_cleanup()
})

test_that("only the temporary folder ends with the object", {
    x <- random_cdr3(300, 11)
    folder <- file.path(withr::local_tempdir(), "kept")
    named <- batch_run(x, directory = folder)
    temporary <- batch_run(x)
    gone <- temporary$directory
    expect_true(dir.exists(gone))
    rm(named, temporary)
    gc()
    gc()
    expect_false(dir.exists(gone))
    expect_true(file.exists(file.path(folder, "clustcr.dcf")))
})

test_that("batch_precluster_files() tells what became of columns and rows", {
    folder <- withr::local_tempdir()
    write_tsv <- function(name, table) {
        file <- file.path(folder, name)
        utils::write.table(table, file, sep = "\t", row.names = FALSE,
            quote = FALSE)
        file
    }
    cdr3s <- c("CASSLGQAYEQYF", "CASSPGQAYEQYF")
    files <- c(
        write_tsv("bare.tsv", data.frame(cdr3 = substr(cdr3s, 2, 12),
            v = "TRBV5-1")),
        write_tsv("whole.tsv", data.frame(junction_aa = cdr3s, v_call = "x"))
    )
    x <- Clustering(method = "mcl", directory = file.path(folder, "store"))
    said <- paste(testthat::capture_messages(x$batch_precluster_files(files)),
        collapse = "")
    expect_match(said, "'bare.tsv': columns junction_aa is `cdr3`, v_call is")
    expect_match(said, "'bare.tsv': Most CDR3s are without their conserved")
    expect_match(said, "none of IMGT's")
})

test_that("fit() tells that repertoires are one sample to it", {
    data <- data.frame(junction_aa = c("CASSF", "CASTF"),
        repertoire_id = c("a", "b"))
    clustering <- Clustering(method = "mcl")
    expect_message(clustering$fit(data), "2 repertoires of `data` .*one sample",
        class = "clustcr_message_sheet")
    data$repertoire_id <- c("a", NA)
    expect_no_message(clustering$fit(data), class = "clustcr_message_sheet")
})

test_that("an audit says nothing of receptors that were not clustered", {
    directory <- withr::local_tempdir()
    rows <- random_cdr3(400, 1)
    first <- Clustering(method = "mcl", directory = directory)
    first$batch_precluster(rows[1:200])
    second <- Clustering(directory = directory)
    while (!is.null(first$batch_cluster())) NULL
    known <- attr(first$audit(), "receptors")
    expect_identical(known$receptors, as.numeric(length(unique(rows[1:200]))))
    second$batch_precluster(rows[201:400])
    audit <- first$audit()
    expect_identical(nrow(as.data.frame(audit)), 2L)
    expect_true(is.na(attr(audit, "receptors")$receptors))
})

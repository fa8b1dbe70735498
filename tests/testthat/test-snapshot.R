# Several objects and sessions on one store: nobody changes what another does.

# The units that are left, one after the other.
rest_of <- function(run) {
    found <- list()
    while (!is.null(clusters <- run$batch_cluster())) {
        found[[length(found) + 1]] <- clusters
    }
    do.call(rbind, found)
}

several_units <- function(x, borders, folder, ...) {
    batch_run(x, 3, borders = borders, directory = folder,
        memory_limit = "1MB", faiss_cluster_size = 100, ...)
}

test_that("other settings keep nothing of a clustering", {
    x <- random_cdr3(1500, 60)
    for (borders in c("cut", "join")) {
        run <- several_units(x, borders, withr::local_tempdir())
        before <- rest_of(run)
        run$batch_rewind()
        run$mcl_params <- c(4, 2)
        found <- rest_of(run)
        expect_false(identical(found$cluster, before$cluster))
        expect_identical(found, rest_of(several_units(
            x, borders, withr::local_tempdir(), mcl_params = c(4, 2)
        )))
    }
})

test_that("a clustering keeps the batches it began with", {
    x <- random_cdr3(4000, 61)
    more <- random_cdr3(3000, 62)
    for (borders in c("cut", "join")) {
        expected <- rest_of(several_units(x, borders, withr::local_tempdir()))
        for (how in c("add", "replace", "readRDS")) {
            folder <- withr::local_tempdir()
            run <- several_units(x, borders, folder)
            first <- run$batch_cluster()
            other <- Clustering(directory = folder, memory_limit = "2GB")
            if (how == "replace") {
                other$batch_precluster(more, "batch 2", replace = TRUE)
            } else {
                other$batch_precluster(more, "more")
            }
            run$audit()
            run$batches()
            capture.output(print(run))
            run$audit(edges = TRUE)
            other$audit(edges = TRUE)
            if (how == "readRDS") {
                file <- withr::local_tempfile(fileext = ".rds")
                saveRDS(run, file)
                run <- readRDS(file)
            }
            table <- rbind(first, rest_of(run))
            expect_gt(nrow(table), nrow(first))
            expect_identical(table, expected)
            expect_identical(anyDuplicated(table$junction_aa), 0L)
            # It moves on when it begins again.
            run$batch_rewind()
            with_more <- batch_table(run)
            expect_true(any(!with_more$junction_aa %in% expected$junction_aa))
        }
    }
})

test_that("rewinding a restored object is remembered", {
    x <- random_cdr3(4000, 63)
    folder <- withr::local_tempdir()
    run <- several_units(x, "cut", folder)
    first <- run$batch_cluster()
    run$batch_cluster()
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(run, file)
    in_session(function(file) {
        readRDS(file)$batch_rewind()
        NULL
    }, file)
    again <- in_session(function(folder) {
        run <- clustcr::Clustering(directory = folder,
            memory_limit = "1MB")
        run$batch_cluster()
    }, folder)
    expect_identical(again, first)
})

test_that("a restored object that was audited still says where it stands", {
    folder <- withr::local_tempdir()
    run <- several_units(random_cdr3(6000, 83), "cut", folder)
    run$batch_cluster()
    run$batch_cluster()
    expect_gt(run$state$run$units, 2)
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(run, file)
    stands <- in_session(function(file, folder) {
        again <- readRDS(file)
        again$audit()
        again$batch_cluster()
        again$batch_commit()
        again$next_unit
    }, file, folder)
    expect_equal(stands, 4)
    where <- cpp_run_describe(cpp_run_open(open_store(folder),
        run$state$run$id, "", 1L))
    expect_equal(where$next_unit, stands)
})

test_that("units have the limit that their clustering began with", {
    x <- random_cdr3(4000, 64)
    folder <- withr::local_tempdir()
    run <- several_units(x, "join", folder)
    expected <- rest_of(run)
    run$batch_rewind()
    first <- run$batch_cluster()
    other <- Clustering(directory = folder, memory_limit = "1GB")
    other$audit(edges = TRUE)
    rest_of(other)
    expect_identical(rbind(first, rest_of(run)), expected)
})

test_that("a store that was removed or made anew is told, and left alone", {
    x <- random_cdr3(500, 65)
    folder <- withr::local_tempdir()
    stale <- batch_run(x, 1, directory = folder)
    other <- Clustering(directory = folder)
    other$batch_cleanup()
    gone <- function(call) {
        expect_error(call, class = "clustcr_error_gone")
    }
    gone(stale$batch_precluster(x, "b"))
    gone(stale$batches())
    gone(stale$batch_cluster())
    anew <- batch_run(rev(x), 2, directory = folder)
    before <- files_below(folder)
    gone(stale$batch_precluster(x, "b"))
    gone(stale$batch_cluster())
    gone(stale$edges())
    expect_output(print(stale), "is gone")
    stale$batch_cleanup()
    expect_identical(files_below(folder), before)
    expect_setequal(batch_table(anew, singletons = TRUE)$junction_aa, x)
})

test_that("a store that goes in mid-course is told", {
    x <- random_cdr3(3000, 82)
    folder <- withr::local_tempdir()
    run <- several_units(x, "cut", folder)
    rest_of(run)
    Clustering(directory = folder)$batch_cleanup()
    expect_error(run$batch_cluster(), class = "clustcr_error_gone")
    expect_error(run$batch_precluster(x, "b"), class = "clustcr_error_gone")
    run$batch_rewind()
    expect_error(run$batch_cluster(), class = "clustcr_error_gone")
})

test_that("a temporary store that ended is told", {
    x <- random_cdr3(300, 66)
    run <- batch_run(x, 1)
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(run, file)
    run$batch_cleanup()
    rm(run)
    again <- readRDS(file)
    expect_error(again$batch_precluster(x, "b"), "temporary",
        class = "clustcr_error_gone")
    expect_error(again$batch_cluster(), class = "clustcr_error_gone")
})

test_that("a clustering that has ended says so after readRDS()", {
    run <- batch_run(random_cdr3(1000, 67), directory = withr::local_tempdir())
    batch_table(run)
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(run, file)
    expect_output(print(readRDS(file)), "^[^$]*Clustered: ")
    expect_output(print(run), "Clustered: ")
})

test_that("what was clustered is read again without work", {
    x <- random_cdr3(3000, 68)
    folder <- withr::local_tempdir()
    run <- several_units(x, "join", folder)
    columns <- c("duplicate_count", "n_samples", "sample_counts", "cluster_id")
    first <- batch_table(run, columns = columns)
    run$batch_rewind()
    expect_identical(batch_table(run, columns = columns), first)
    # Names by content: the same in a store of another order and division.
    other <- batch_run(rev(x), 7, borders = "join", faiss_cluster_size = 700)
    again <- batch_table(other, columns = "cluster_id")
    at <- match(first$junction_aa, again$junction_aa)
    expect_identical(again$cluster_id[at], first$cluster_id)
    expect_identical(first$n_samples, rep_len(1L, nrow(first)))
})

test_that("arguments given on resuming are taken, refused, or told", {
    x <- random_cdr3(3000, 69)
    folder <- withr::local_tempdir()
    run <- several_units(x, "cut", folder)
    run$batch_cluster()
    run$batch_cluster()
    rm(run)
    gc()
    expect_message(
        again <- Clustering(directory = folder), "continues with unit",
        class = "clustcr_message_resumed"
    )
    expect_equal(again$next_unit, 2)
    expect_message(
        taken <- Clustering(directory = folder, mcl_params = c(3, 2)),
        "mcl_params", class = "clustcr_message_resumed"
    )
    expect_equal(taken$mcl_params, c(3, 2))
    expect_equal(taken$next_unit, 1)
    expect_message(
        taken <- Clustering(directory = folder, borders = "join"), "borders",
        class = "clustcr_message_resumed"
    )
    expect_identical(taken$borders, "join")
    for (argument in list(
        list(seed = 7), list(method = "faiss"), list(v_gene = "gene"),
        list(faiss_cluster_size = 7), list(chain = "A"),
        list(max_sequence_size = 31), list(fitting_data_size = 7)
    )) {
        expect_error(
            do.call(Clustering, c(list(directory = folder), argument)),
            names(argument), class = "clustcr_error_invalid_argument"
        )
    }
})

test_that("parameters survive the decimal comma", {
    folder <- withr::local_tempdir()
    x <- random_cdr3(300, 70)
    withr::with_options(list(OutDec = ","), {
        run <- batch_run(x, 1, directory = folder, mcl_params = c(1.25, 3))
        expected <- batch_table(run)
    })
    again <- Clustering(directory = folder)
    expect_identical(again$mcl_params, c(1.25, 3))
    again$batch_rewind()
    expect_identical(batch_table(again), expected)
})

test_that("parameters of another version are refused", {
    folder <- withr::local_tempdir()
    batch_run(random_cdr3(300, 71), 1, directory = folder)
    text <- cpp_store_describe(open_store(folder))$parameters
    expect_error(
        parameters_from_text(c(text, new = "1"), folder), "new",
        class = "clustcr_error_newer_format"
    )
    expect_error(
        parameters_from_text(text[-1], folder),
        class = "clustcr_error_newer_format"
    )
})

test_that("a store of 0.1.0 is refused with a sentence", {
    folder <- withr::local_tempdir()
    writeLines(c("Kind: clustcr precluster store", "Format: 1"),
        file.path(folder, "clustcr.dcf"))
    expect_error(Clustering(directory = folder), "0[.]1[.]0",
        class = "clustcr_error_older_format")
})

test_that("invalid = \"error\" on the first batch leaves nothing behind", {
    x <- random_cdr3(300, 72)
    folder <- file.path(withr::local_tempdir(), "new")
    run <- Clustering(faiss_training_data = x, invalid = "error",
        max_sequence_size = 20, directory = folder)
    expect_error(run$batch_precluster(c(x, "CASS*F")),
        class = "clustcr_error_invalid_sequence")
    expect_false(dir.exists(folder))
})

test_that("a directory that is not there yet does not move with setwd()", {
    withr::local_dir(withr::local_tempdir())
    here <- getwd()
    run <- batch_run(random_cdr3(300, 73), 1, directory = "new/store")
    withr::local_dir(withr::local_tempdir())
    expect_gt(nrow(run$batches()), 0)
    expect_true(file.exists(file.path(here, "new", "store", "clustcr.dcf")))
    expect_error(run$directory <- tempdir(), "directory",
        class = "clustcr_error_invalid_argument")
})

test_that("fields are checked where they are changed", {
    run <- Clustering()
    for (change in list(
        quote(run$borders <- "nonsense"), quote(run$mcl_params <- 1),
        quote(run$memory_limit <- "much"), quote(run$invalid <- NA),
        quote(run$distance <- 1), quote(run$max_distance <- 3),
        quote(run$missing_genes <- "maybe"), quote(run$n_cpus <- 0),
        quote(run$divide <- NA), quote(run$method <- "mcl"),
        quote(run$seed <- 1), quote(run$centroids <- matrix(1)),
        quote(run$next_unit <- 3), quote(run$v_gene <- "gene")
    )) {
        expect_error(eval(change), class = "clustcr_error_invalid_argument",
            info = deparse(change))
    }
    expect_error(Clustering(bordres = "join"), "bordres",
        class = "clustcr_error_invalid_argument")
    expect_error(
        Clustering(distance = "levenshtein", max_distance = 2),
        "max_distance", class = "clustcr_error_invalid_argument"
    )
    run$mcl_params <- c(expansion = 3, inflation = 2)
    expect_identical(run$mcl_params, c(2, 3))
    run$memory_limit <- "2GiB"
    expect_identical(run$memory_limit, "2GiB")
})

test_that("Clustering() shows its arguments, and help on its methods", {
    expect_true(all(c("method", "borders", "v_gene") %in%
        names(formals(args(Clustering)))))
    expect_output(Clustering$help("batch_cluster"), "clusters")
    run <- Clustering()
    offered <- utils::.DollarNames(run, "^batch")
    expect_true("batch_cluster(" %in% offered)
    expect_false(any(grepl("callSuper|initFields", utils::.DollarNames(run))))
})

test_that("a copy is an object of its own", {
    x <- random_cdr3(2000, 74)
    run <- several_units(x, "cut", withr::local_tempdir())
    expected <- batch_table(run)
    run$batch_rewind()
    copy <- run$copy()
    run$batch_cluster()
    expect_identical(batch_table(copy), expected)
    copy$borders <- "join"
    expect_identical(run$borders, "cut")
})

test_that("batch_cluster_all() goes on, and begins again when told", {
    x <- random_cdr3(4000, 75)
    run <- several_units(x, "cut", withr::local_tempdir())
    expected <- batch_table(run)
    run$batch_rewind()
    first <- run$batch_cluster()
    seen <- list(first)
    collect <- function(clusters) seen[[length(seen) + 1]] <<- clusters
    run$batch_cluster_all(collect)
    expect_identical(do.call(rbind, seen), expected)
    run$batch_rewind()
    run$batch_cluster()
    seen <- list()
    last <- run$batch_cluster_all(collect, rewind = TRUE)
    expect_identical(do.call(rbind, seen), expected)
    expect_equal(last, max(expected$cluster))
})

test_that("batch_commit() is what asking for the next batch says", {
    x <- random_cdr3(4000, 76)
    folder <- withr::local_tempdir()
    run <- several_units(x, "cut", folder)
    run$batch_cluster()
    run$batch_commit()
    rm(run)
    gc()
    expect_equal(suppressMessages(Clustering(directory = folder))$next_unit, 2)
})

test_that("cleanup waits for a writer, and then refuses", {
    skip_if_not_installed("callr")
    x <- random_cdr3(500, 77)
    folder <- withr::local_tempdir()
    run <- batch_run(x, 1, directory = folder)
    writer <- callr::r_bg(function(folder, started) {
        run <- clustcr::Clustering(directory = folder)
        fetch <- function(from, to) {
            file.create(started)
            Sys.sleep(60)
        }
        clustcr:::cpp_store_add(
            clustcr:::store_pointer(run), "slow", 0L, 1, fetch, numeric(),
            FALSE, 0, 1L
        )
    }, list(folder, started <- withr::local_tempfile()))
    withr::defer(writer$kill())
    for (i in 1:600) if (file.exists(started)) break else Sys.sleep(0.1)
    before <- files_below(folder)
    expect_error(run$batch_cleanup(wait = 0.1), class = "clustcr_error_locked")
    expect_identical(files_below(folder), before)
    writer$kill()
    writer$wait(5000)
    run$batch_cleanup()
    expect_false(file.exists(file.path(folder, "clustcr.dcf")))
})

test_that("forked workers wait for each other and lose no sample", {
    skip_on_os("windows")
    x <- random_cdr3(1200, 78)
    for (made in c(TRUE, FALSE)) {
        folder <- withr::local_tempdir()
        run <- Clustering(faiss_training_data = x, max_sequence_size = 20,
            faiss_cluster_size = 200, directory = folder)
        if (made) run$batch_precluster(x[1], "first")
        ok <- parallel::mclapply(1:6, function(i) {
            run$batch_precluster(x[(200 * i - 199):(200 * i)],
                paste("sample", i), wait = 60)
            TRUE
        }, mc.cores = 6)
        expect_true(all(vapply(ok, isTRUE, NA)))
        again <- Clustering(directory = folder)
        expect_setequal(
            setdiff(again$batches()$repertoire_id, "first"), paste("sample",
                1:6)
        )
        expect_setequal(
            batch_table(again, singletons = TRUE)$junction_aa, x
        )
    }
})

test_that("a read-only store is clustered with the work folder elsewhere", {
    x <- random_cdr3(2000, 79)
    folder <- withr::local_tempdir()
    elsewhere <- withr::local_tempdir()
    run <- batch_run(x, directory = folder)
    expected <- batch_table(run)
    before <- files_below(folder)
    other <- suppressMessages(
        Clustering(directory = folder, work_directory = elsewhere)
    )
    expect_identical(batch_table(other), expected)
    expect_identical(files_below(folder), before)
    expect_gt(length(list.files(elsewhere, recursive = TRUE)), 0)
})

test_that("two processes cluster, add and audit at once", {
    skip_if_not_installed("callr")
    x <- random_cdr3(6000, 80)
    folder <- withr::local_tempdir()
    run <- several_units(x[1:4000], "join", folder)
    worker <- function(folder) {
        run <- suppressMessages(clustcr::Clustering(directory = folder))
        found <- list()
        while (!is.null(clusters <- run$batch_cluster())) {
            found[[length(found) + 1]] <- clusters
        }
        do.call(rbind, found)
    }
    writer <- function(folder, x) {
        run <- suppressMessages(clustcr::Clustering(directory = folder))
        for (i in 1:5) {
            run$batch_precluster(x[(400 * i - 399):(400 * i)], paste("more", i),
                wait = 60)
            run$audit(edges = TRUE)
        }
        nrow(run$batches())
    }
    others <- list(
        callr::r_bg(worker, list(folder)), callr::r_bg(worker, list(folder)),
        callr::r_bg(writer, list(folder, x[4001:6000]))
    )
    for (other in others) other$wait(120000)
    expect_equal(others[[3]]$get_result(), 8)
    # Each has the clusters of some number of batches, whole.
    possible <- lapply(0:5, function(i) {
        as.data.frame(Clustering(method = "mcl")$fit(
            x[seq_len(4000 + 400 * i)]
        ))[c("junction_aa", "cluster")]
    })
    for (other in others[1:2]) {
        table <- other$get_result()[c("junction_aa", "cluster")]
        expect_true(any(vapply(possible, identical, NA, table)))
    }
})

test_that("warnings tell of sizes that do not fit", {
    x <- random_cdr3(400, 81)
    run <- Clustering(faiss_training_data = x, max_sequence_size = 12)
    expect_warning(suppressMessages(run$batch_precluster(x)),
        "max_sequence_size")
})

test_that("runs that are open at once do not know of each other", {
    folder <- withr::local_tempdir()
    run <- several_units(random_cdr3(3000, 90), "join", folder)
    store <- open_store(folder)
    begin <- function(join) {
        cpp_run_begin(store, settings_list(run$state, FALSE, join = join), "",
            1L)
    }
    table <- function(run, unit) {
        as.data.frame(cpp_run_unit(run, unit, 1, character(), 1L)$columns)
    }
    joined <- begin(TRUE)
    about <- cpp_run_describe(joined)
    first <- table(joined, 1)
    cut <- begin(FALSE)
    expect_false(cpp_run_describe(cut)$id == about$id)
    cpp_run_write_position(cut, 2, 7)
    expect_identical(cpp_run_describe(joined), about)
    expect_identical(table(joined, 1), first)
    # Each keeps the store, whoever else lets go of it.
    rm(store, begin)
    gc()
    cpp_run_close(cut)
    expect_identical(table(joined, 1), first)
    again <- cpp_run_look(cpp_run_store(joined), about$id, "")
    expect_identical(table(again, 1), first)
    # What is no open run is told, not followed.
    for (other in list(cut, cpp_run_store(joined), NULL)) {
        expect_error(cpp_run_describe(other), class = "clustcr_error_internal")
    }
    expect_error(cpp_store_describe(joined), class = "clustcr_error_internal")
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(joined, file)
    expect_error(cpp_run_totals(readRDS(file)),
        class = "clustcr_error_internal")
})

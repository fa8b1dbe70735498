# A store outlives the object, the session and the machine's crash.

test_that("a new session goes on where clustering stood", {
    x <- random_cdr3(4000, 41)
    for (borders in c("cut", "join")) {
        folder <- withr::local_tempdir()
        run <- batch_run(x, borders = borders, directory = folder,
            memory_limit = "1MB", faiss_cluster_size = 100)
        expected <- list()
        while (!is.null(clusters <- run$batch_cluster())) {
            expected[[length(expected) + 1]] <- clusters
        }
        expect_gte(length(expected), 2)
        run$batch_rewind()
        # Asking for the second says that the first is done.
        run$batch_cluster()
        run$batch_cluster()
        rm(run)
        rest <- in_session(function(folder) {
            run <- clustcr::Clustering(directory = folder,
                memory_limit = "1MB")
            found <- list()
            while (!is.null(clusters <- run$batch_cluster())) {
                found[[length(found) + 1]] <- clusters
            }
            found
        }, folder)
        expect_identical(rest, expected[-1])
    }
})

test_that("a resumed run has its parameters, centroids and batches", {
    folder <- withr::local_tempdir()
    run <- batch_run(random_cdr3(500, 42), directory = folder,
        mcl_params = c(1.5, 3), borders = "join", seed = 7, chain = "A")
    again <- Clustering(directory = folder)
    for (field in c("mcl_params", "borders", "seed", "chain", "centroids",
        "method", "max_sequence_size", "fitting_data_size",
        "faiss_cluster_size")) {
        expect_equal(again$field(field), run$field(field), info = field)
    }
    expect_identical(again$batches(), run$batches())
    expect_error(
        Clustering(directory = folder, faiss_training_data = "CASSF"),
        class = "clustcr_error_exists"
    )
})

test_that("a restarted script can skip what is committed", {
    x <- random_cdr3(600, 43)
    folder <- withr::local_tempdir()
    run <- batch_run(x[1:200], 1, sample = x, directory = folder)
    expect_error(
        run$batch_precluster(x[201:400], name = "batch 1"), "batch 1",
        class = "clustcr_error_duplicate_batch"
    )
    expect_identical(nrow(run$batches()), 1L)
    run$batch_precluster(x[201:400], name = "batch 1", append = TRUE)
    run$batch_precluster(x[401:600], name = "batch 2")
    expect_setequal(batch_table(run, singletons = TRUE)$junction_aa, x)
    run$batch_rewind()
    run$batch_precluster(x[1:50], name = "batch 2", replace = TRUE)
    again <- Clustering(directory = folder)
    expect_setequal(
        batch_table(again, singletons = TRUE)$junction_aa, x[1:400]
    )
    expect_error(
        again$batch_precluster(x, "b", append = TRUE, replace = TRUE),
        class = "clustcr_error_invalid_argument"
    )
})

test_that("no batch is added while clustering is under way", {
    x <- random_cdr3(4000, 44)
    run <- batch_run(
        x, memory_limit = "1MB", faiss_cluster_size = 100, borders = "cut"
    )
    run$batch_cluster()
    run$batch_cluster()
    expect_error(
        run$batch_precluster(x[1:5]), "batch_rewind",
        class = "clustcr_error_clustering_begun"
    )
    run$borders <- "join"
    expect_error(
        run$batch_cluster(), "batch_rewind",
        class = "clustcr_error_clustering_begun"
    )
    run$batch_cleanup()
})

test_that("saveRDS and readRDS keep a run", {
    x <- random_cdr3(1000, 45)
    run <- batch_run(x, directory = withr::local_tempdir())
    expected <- batch_table(run)
    run$batch_rewind()
    file <- withr::local_tempfile(fileext = ".rds")
    saveRDS(run, file)
    again <- readRDS(file)
    expect_identical(again$batches(), run$batches())
    expect_identical(batch_table(again), expected)
    found <- in_session(function(file) {
        library(clustcr)
        run <- readRDS(file)
        run$batch_cluster()
    }, file)
    run$batch_rewind()
    expect_identical(found, run$batch_cluster())

    unused <- Clustering(faiss_training_data = x, faiss_cluster_size = 200)
    saveRDS(unused, file)
    again <- readRDS(file)
    again$batch_precluster(x)
    expect_setequal(batch_table(again, singletons = TRUE)$junction_aa, x)
    again$batch_cleanup()
})

test_that("a second writer is refused while the first one lives", {
    skip_if_not_installed("callr")
    x <- random_cdr3(500, 46)
    folder <- withr::local_tempdir()
    run <- batch_run(x[1:100], 1, sample = x, directory = folder)
    # It holds the lock while it waits for its next block of rows.
    other <- callr::r_bg(function(folder, x, started) {
        run <- clustcr::Clustering(directory = folder)
        fetch <- function(from, to) {
            file.create(started)
            Sys.sleep(60)
        }
        clustcr:::cpp_store_add(
            clustcr:::store_pointer(run), "slow", 0L, 1, fetch, numeric(),
            FALSE, 0, 1L
        )
    }, list(folder, x, started <- withr::local_tempfile()))
    withr::defer(other$kill())
    for (i in 1:200) if (file.exists(started)) break else Sys.sleep(0.1)
    expect_true(file.exists(started))
    expect_error(
        run$batch_precluster(x[101:200], "mine", wait = 0.2),
        class = "clustcr_error_locked"
    )
    # The lock of a process that was killed is no lock.
    other$kill()
    other$wait(5000)
    run$batch_precluster(x[101:200], "mine")
    expect_identical(run$batches()$repertoire_id, c("batch 1", "mine"))
})

test_that("an interrupted join starts again by itself", {
    x <- random_cdr3(3000, 47)
    folder <- withr::local_tempdir()
    run <- batch_run(x, directory = folder, borders = "join")
    expected <- batch_table(run)
    run$batch_rewind()
    work <- list.dirs(file.path(folder, "runs"), recursive = FALSE)
    expect_length(work, 1)
    for (lost in c("plan.tsv", "run")) {
        if (lost == "plan.tsv") {
            # As a kill before the plan's commit leaves it.
            unlink(file.path(work, c("plan.tsv", "done", "clusters")),
                recursive = TRUE)
            writeLines("torn", file.path(work, "plan.tsv.12-3.part"))
        } else {
            unlink(work, recursive = TRUE)
        }
        again <- Clustering(directory = folder)
        expect_identical(batch_table(again), expected, info = lost)
        again$batch_rewind()
    }
})

test_that("units are made for the memory limit, but not in mid-course", {
    x <- random_cdr3(6000, 48)
    folder <- withr::local_tempdir()
    run <- batch_run(x, directory = folder, borders = "join",
        memory_limit = "1MB", faiss_cluster_size = 500)
    small <- all_batches(run)
    run$batch_rewind()
    run$memory_limit <- "1GB"
    large <- all_batches(run)
    expect_gt(attr(small, "batches"), attr(large, "batches"))
    run$batch_rewind()

    again <- Clustering(directory = folder, memory_limit = "1MB")
    expect_identical(all_batches(again), small)
    again$batch_rewind()
    first <- again$batch_cluster()
    again$memory_limit <- "1GB"
    rest <- batch_table(again)
    expect_identical(rbind(first, rest), batch_table_of(small))
})

test_that("flow matrices in files end with a process that is killed", {
    skip_if_not(dir.exists("/proc/self/fd"), "It takes /proc to see them")
    skip_if_not_installed("callr")
    x <- dense_cdr3(4000, seed = 4)
    folder <- withr::local_tempdir()
    run <- Clustering(
        method = "mcl", directory = file.path(folder, "store"),
        memory_limit = "1MB"
    )
    run$batch_precluster(x)
    child <- callr::r_bg(function(directory) {
        run <- clustcr::Clustering(directory = directory, memory_limit = "1MB")
        repeat {
            run$batch_cluster()
            run$batch_rewind()
        }
    }, list(run$directory))
    withr::defer(child$kill())
    has_files <- function() {
        links <- list.files(sprintf("/proc/%d/fd", child$get_pid()),
            full.names = TRUE)
        any(grepl("runs/.*deleted", suppressWarnings(Sys.readlink(links))))
    }
    for (i in 1:2000) {
        if (has_files() || !child$is_alive()) break
        Sys.sleep(0.01)
    }
    expect_true(has_files())
    child$kill()
    known <- c("lock", "busy", "run.dcf", "snapshot.tsv", "plan.tsv",
        "position", "current")
    left <- list.files(file.path(run$directory, "runs"), recursive = TRUE)
    odd <- left[!basename(left) %in% known &
        !grepl("/(units|clusters|done)/", left)]
    expect_identical(odd, character())
    columns <- c("junction_aa", "cluster")
    expect_identical(
        batch_table(run)[columns],
        as.data.frame(Clustering(method = "mcl")$fit(x))[columns]
    )
})

# Ctrl-C, or Stop in RStudio, is SIGINT.

# The shortest of up to three tries: a machine that is busy with other things
# delays one, code that does not look for interrupts all.
expect_to_stop <- function(work, after = 0.5, name = "run") {
    for (try in 1:3) {
        folder <- file.path(
            withr::local_tempdir(.local_envir = parent.frame()), name
        )
        dir.create(folder)
        seconds <- seconds_to_stop(work, folder, after)
        if (seconds < 1) break
    }
    expect_lt(seconds, 1)
    folder
}

# Runs `work(folder)` in a session of its own, interrupts it `after` seconds
# after it has called its `begin()`, and returns the seconds until it said that
# an R interrupt had come.
seconds_to_stop <- function(work, folder, after = 0.5) {
    skip_if_not_installed("callr")
    skip_on_os("windows")
    begun <- file.path(folder, "begun")
    session <- callr::r_bg(function(work, folder, begun) {
        library(clustcr)
        random <- function(n) {
            letters <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
            do.call(paste0, replicate(13, sample(letters, n, TRUE), FALSE))
        }
        begin <- function() file.create(begun)
        tryCatch(
            {
                work(folder, random, begin)
                "it ended before it was interrupted"
            },
            interrupt = function(condition) as.numeric(Sys.time())
        )
    }, list(work, folder, begun))
    withr::defer(session$kill())
    for (i in 1:1800) if (file.exists(begun)) break else Sys.sleep(0.1)
    stopifnot(file.exists(begun))
    Sys.sleep(after)
    sent <- as.numeric(Sys.time())
    session$interrupt()
    session$wait(120000)
    stopped <- session$get_result()
    expect_type(stopped, "double")
    stopped - sent
}

test_that("training stops within a second", {
    skip_without_faiss()
    expect_to_stop(function(folder, random, begin) {
        sample <- random(4e5)
        begin()
        Clustering(
            faiss_training_data = sample, fitting_data_size = 4e5,
            faiss_cluster_size = 250, n_cpus = 2
        )
    })
})

test_that("preclustering stops within a second and leaves whole batches", {
    skip_without_faiss()
    folder <- expect_to_stop(function(folder, random, begin) {
        x <- random(3e5)
        run <- Clustering(
            faiss_training_data = x[1:20000], fitting_data_size = 20000,
            faiss_cluster_size = 50, max_sequence_size = 20, n_cpus = 2,
            directory = file.path(folder, "store")
        )
        run$batch_precluster(x[1:1000], name = "first")
        begin()
        repeat run$batch_precluster(x)
    }, after = 1)
    run <- Clustering(directory = file.path(folder, "store"))
    expect_equal(run$batches()$rows[1], 1000)
    expect_true(all(run$batches()$rows[-1] == 3e5))
    run$batch_precluster("CASSLGQAYEQYF", name = "after")
    expect_identical(utils::tail(run$batches()$repertoire_id, 1), "after")
})

test_that("clustering stops within a second, also in one large component", {
    skip_without_faiss()
    for (borders in c("cut", "join")) {
        folder <- expect_to_stop(function(folder, random, begin) {
            # All words of four letters at eight places: one component.
            words <- do.call(paste0, c(
                list("CASS"),
                do.call(expand.grid, rep(list(c("A", "D", "G", "L")), 8))
            ))
            run <- Clustering(
                faiss_training_data = words, n_cpus = 2,
                faiss_cluster_size = length(words), mcl_params = c(1.2, 3),
                directory = file.path(folder, "store"),
                borders = basename(folder)
            )
            run$batch_precluster(words)
            begin()
            repeat {
                run$batch_cluster()
                run$batch_rewind()
            }
        }, after = 1.5, name = borders)
        store <- file.path(folder, "store")
        expect_equal(Clustering(directory = store)$batches()$rows, 4^8)
    }
})

test_that("reading a file stops within a second", {
    expect_to_stop(function(folder, random, begin) {
        file <- file.path(folder, "a.tsv")
        data.table::fwrite(
            data.frame(junction_aa = random(1e6), sequence_id = random(1e6)),
            file, sep = "\t"
        )
        begin()
        repeat suppressMessages(readRepertoire(file))
    }, after = 1)
})

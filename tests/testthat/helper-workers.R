# Workers, and what they must give: the same as without.

skip_without_workers <- function() {
    testthat::skip_if_not_installed("BiocParallel")
}

# An R session takes seconds to start: two serve all tests of a file.
workers_of_file <- new.env()

snow_workers <- function() {
    if (is.null(workers_of_file$param)) {
        workers_of_file$param <- BiocParallel::SnowParam(2)
        BiocParallel::bpstart(workers_of_file$param)
        withr::defer(stop_snow_workers(), testthat::teardown_env())
    }
    workers_of_file$param
}

stop_snow_workers <- function() {
    suppressWarnings(try(BiocParallel::bpstop(workers_of_file$param),
        silent = TRUE))
    workers_of_file$param <- NULL
}

# What stores and runs have on disk, but for locks and identifiers.
stored_bytes <- function(directory) {
    shard <- files_below(file.path(directory, "shards"))
    records <- grep("^1/(batches/|checkpoint$)", names(shard), value = TRUE)
    shard[records] <- vapply(records, function(name) {
        lines <- readLines(file.path(directory, "shards", name))
        paste(grep("^(store|chain|check:)\t", lines, value = TRUE,
            invert = TRUE), collapse = "\n")
    }, "")
    run <- list.dirs(file.path(directory, "runs"), recursive = FALSE)
    list(
        shard = shard[basename(names(shard)) != "lock"],
        kept = files_below(file.path(run, "clusters")),
        done = files_below(file.path(run, "done"))
    )
}

# A store of `files` in a directory of its own, in small units.
clustering_of <- function(files, BPPARAM = NULL, ...,
                          env = parent.frame()) {
    clustering <- Clustering(
        directory = withr::local_tempdir(.local_envir = env),
        memory_limit = "1MB", ...
    )
    suppressMessages(clustering$batch_precluster_files(files,
        BPPARAM = BPPARAM))
    clustering
}

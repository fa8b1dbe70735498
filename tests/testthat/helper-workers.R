# Workers, and what they must give: the same as without.

skip_without_workers <- function() {
    testthat::skip_if_not_installed("BiocParallel")
}

# Started once for all that a test does: an R session takes seconds.
snow_workers <- function(n, env = parent.frame()) {
    param <- BiocParallel::SnowParam(n)
    BiocParallel::bpstart(param)
    withr::defer(
        suppressWarnings(try(BiocParallel::bpstop(param), silent = TRUE)), env
    )
    param
}

# What stores and runs have on disk, but for locks and identifiers.
stored_bytes <- function(directory) {
    shard <- files_below(file.path(directory, "shards"))
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

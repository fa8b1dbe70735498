# The short form of tests/fault/fault.R.

fault_tools <- function() {
    folder <- normalizePath(test_path("..", "fault"), mustWork = FALSE)
    skip_if_not(
        file.exists(file.path(folder, "fault.R")),
        "tests/fault is not beside the tests"
    )
    skip_if_not(Sys.info()[["sysname"]] == "Linux", "The shim is for Linux")
    tools <- new.env()
    tools$fault_quiet <- TRUE
    sys.source(file.path(folder, "fault.R"), tools)
    tools$fault_folder <- folder
    tools
}

test_that("failing system calls give typed errors and lose nothing", {
    tools <- fault_tools()
    shim <- tools$fault_shim(to = withr::local_tempdir())
    skip_if(is.null(shim), "There is no C compiler")
    for (borders in c("cut", "join")) {
        run <- tools$fault_run(shim, borders, 25)
        # The faults must have been there for this to say anything.
        expect_gt(sum(run$cases$failed > 0), 10)
        expect_gt(sum(grepl("clustcr_error", run$cases$outcome)), 5)
        problems <- tools$fault_problems(run$cases)
        expect_identical(
            nrow(problems), 0L,
            info = paste(utils::capture.output(problems), collapse = "\n")
        )
    }
})

test_that("a full disk leaves the store at its last commit", {
    tools <- fault_tools()
    # The store wants 1 MB left free.
    disk <- tools$small_disk("3m")
    skip_if(is.null(disk), "This process may not mount file systems")
    withr::defer(tools$remove_disk(disk))
    small <- random_cdr3(300, seed = 1)
    large <- rep(small, 1000)
    directory <- file.path(disk, "run")
    run <- Clustering(
        faiss_training_data = small, faiss_cluster_size = 100,
        directory = directory
    )
    run$batch_precluster(small, "small")
    expect_error(
        run$batch_precluster(large, "large"),
        class = "clustcr_error_disk_full"
    )
    again <- Clustering(directory = directory)
    expect_identical(again$batches()$name, "small")
    expect_identical(again$batches()$rows, 300)
    again$batch_precluster(small[1:10], "after")
    expect_identical(again$batches()$name, c("small", "after"))
})

test_that("a disk full of flow matrices is told, and all goes on with room", {
    tools <- fault_tools()
    disk <- tools$small_disk("4m")
    skip_if(is.null(disk), "This process may not mount file systems")
    withr::defer(tools$remove_disk(disk))
    x <- dense_cdr3(3000, seed = 3)
    run <- Clustering(
        method = "mcl", directory = file.path(disk, "run"), memory_limit = "1MB"
    )
    run$batch_precluster(x)
    before <- files_below(disk)
    expect_error(run$batch_cluster(), class = "clustcr_error_disk_full")
    expect_false(any(grepl("mcl", basename(names(files_below(disk))))))
    expect_true(all(names(before) %in% names(files_below(disk))))
    # Nothing is left of them: there is room for the clusters.
    run$memory_limit <- "1GB"
    run$batch_rewind()
    columns <- c("junction_aa", "cluster")
    expect_identical(
        batch_table(run)[columns],
        as.data.frame(Clustering(method = "mcl")$fit(x))[columns]
    )
    # What it has open would keep the disk busy.
    run$batch_cleanup()
    rm(run)
    gc()
})

# Whether a call of `what` on a path like `pattern` lies between two others.
called_between <- function(calls, what, pattern, from, to) {
    at <- which(calls$call == what & grepl(pattern, calls$path))
    any(at > from & at < to)
}

test_that("a durable store reaches the disk in an order that can't lose it", {
    tools <- fault_tools()
    shim <- tools$fault_shim(to = withr::local_tempdir())
    skip_if(is.null(shim), "There is no C compiler")
    calls <- tools$fault_order(shim)
    at <- function(what, pattern, column = "path") {
        which(calls$call == what & grepl(pattern, calls[[column]]))
    }
    rows <- at("write", "^shards/1/preclusters/")
    records <- at("rename", "^shards/1/batches/[0-9]{8}[.]tsv$", "to")
    commits <- at("rename", "^shards/1/commits$", "to")
    checkpoints <- at("rename", "^shards/1/checkpoint$", "to")
    expect_length(records, 8)
    expect_length(commits, 8)
    expect_gt(length(rows), 100)
    expect_gt(length(checkpoints), 0)
    # What a file holds is on disk before it gets its name, and the name after.
    for (rename in at("rename", "")) {
        part <- paste0("^", calls$path[rename], "$")
        folder <- paste0("^", dirname(calls$to[rename]), "$")
        if (folder == "^.$") folder <- "^$"
        written <- max(at("write", part))
        expect_lt(written, rename)
        expect_true(called_between(calls, "fsync", part, written, rename),
            info = calls$to[rename])
        later <- at("rename", "")
        later <- c(later[later > rename], nrow(calls) + 1)[1]
        expect_true(called_between(calls, "fsync", folder, rename, later),
            info = calls$to[rename])
    }
    for (b in seq_along(records)) {
        mine <- rows[rows > c(0, records)[b] & rows < records[b]]
        expect_gt(length(mine), 0)
        # Rows before the record that counts them.
        expect_true(called_between(calls, "syncfs", "", max(mine), records[b]))
        # The record before the number of records, its folder in between.
        expect_gt(commits[b], records[b])
        expect_lt(commits[b], c(records, nrow(calls))[b + 1])
        expect_true(called_between(calls, "fsync", "^shards/1/batches$",
            records[b], commits[b]))
    }
    # A checkpoint before the records it takes up are removed.
    pruned <- at("remove", "^shards/1/batches/[0-9]{8}[.]tsv$")
    expect_gt(length(pruned), 0)
    for (remove in pruned) {
        checkpoint <- max(checkpoints[checkpoints < remove])
        expect_true(called_between(calls, "fsync", "^shards/1$",
            checkpoint, remove))
        expect_lt(max(records[records < remove]), checkpoint)
    }
    # The plan after its units' rows, a unit's clusters before its done-record.
    plan <- at("rename", "/plan[.]tsv$", "to")
    expect_length(plan, 1)
    units <- at("write", "/units/")
    expect_true(called_between(calls, "syncfs", "", max(units), plan))
    done <- at("rename", "/done/[0-9]{8}[.]tsv$", "to")
    expect_gt(length(done), 0)
    for (record in done) {
        clusters <- which(calls$call == "rename" &
            calls$to == sub("/done/", "/clusters/", calls$to[record]))
        expect_length(clusters, 1)
        expect_lt(clusters, record)
    }
})

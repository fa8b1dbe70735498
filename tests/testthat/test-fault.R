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
    skip_without_faiss()
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
    expect_identical(again$batches()$repertoire_id, "small")
    expect_identical(again$batches()$rows, 300)
    again$batch_precluster(small[1:10], "after")
    expect_identical(again$batches()$repertoire_id, c("small", "after"))
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
    skip_without_faiss()
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

test_that("a full tempdir() is told as what it is, and no damage", {
    tools <- fault_tools()
    disk <- tools$small_disk("1m")
    skip_if(is.null(disk), "This process may not mount file systems")
    withr::defer(tools$remove_disk(disk))
    skip_if_not_installed("callr")
    big <- paste0("junction_aa\tnote\n", paste0(random_cdr3(3000, 31), "\t",
        strrep("x", 1000), "\n", collapse = ""))
    plain <- file_of(big, name = "plain.tsv")
    files <- plain
    for (program in c("gzip", "bzip2", "xz", "zstd")) {
        if (!nzchar(Sys.which(program))) next
        packed <- paste0(plain, ".", program)
        system2(program, c("-c", shQuote(plain)), stdout = packed)
        files <- c(files, packed)
    }
    pipe <- pipe_at(paste0(plain, ".pipe"), plain)
    kinds <- callr::r(function(files, pipe) {
        kind <- function(code) {
            tryCatch({
                suppressMessages(code)
                "read"
            }, error = function(e) class(e)[1])
        }
        # Each with what it leaves of the disk.
        found <- vapply(files, function(file) {
            kind(clustcr::readRepertoire(file))
        }, "")
        directory <- tempfile(tmpdir = dirname(files[1]))
        c(found, pipe = kind(clustcr::readRepertoire(pipe)),
            cohort = kind(clustcr::clusterRepertoires(files[length(files)],
                directory = directory)),
            left = as.character(file.exists(directory)))
    }, list(files, pipe), env = c(callr::rcmd_safe_env(), TMPDIR = disk))
    # The core unpacks gzip files as it reads them, without a copy.
    streamed <- c(plain, if (cpp_unpacks_gzip()) paste0(plain, ".gzip"))
    expect_identical(unique(unname(kinds[intersect(names(kinds), streamed)])),
        "read")
    copied <- setdiff(names(kinds), c(streamed, "left"))
    expect_identical(unique(unname(kinds[copied])), "clustcr_error_disk_full")
    expect_identical(kinds[["left"]], "FALSE")
})

test_that("a directory removed in the middle is gone, and stays away", {
    files <- write_cohort(random_cohort(3, 200, 32))
    # Before the first file is read, between two, and before the clusters.
    for (moment in c("add_file_wholly", "remember_file", "cluster_cohort",
        "write_clusters_object")) {
        directory <- withr::local_tempdir()
        was <- get(moment, asNamespace("clustcr"))
        local({
            local_binding(moment, function(...) {
                unlink(directory, recursive = TRUE)
                was(...)
            })
            expect_error(cohort_clusters(files, directory = directory),
                class = "clustcr_error_gone")
            expect_error(cohort_clusters(files, directory = directory,
                chunk_size = 50), class = "clustcr_error_gone")
        })
        expect_false(file.exists(directory), info = moment)
    }
    directory <- withr::local_tempdir()
    run <- Clustering(method = "mcl", directory = directory)
    run$batch_precluster(random_cdr3(300, 33))
    unlink(directory, recursive = TRUE)
    for (call in list(
        function() run$batch_cluster(),
        function() run$batch_precluster("CASSF"),
        function() run$batches(), function() run$audit()
    )) {
        expect_error(call(), class = "clustcr_error_gone")
        expect_false(file.exists(directory))
    }
})

test_that("folders and pipes in the places of records are typed errors", {
    files <- write_cohort(random_cohort(2, 60, 34))
    directory <- withr::local_tempdir()
    x <- cohort_clusters(files, directory = directory)
    for (name in c("arguments.tsv", "files.tsv")) {
        path <- file.path(directory, "cohort", name)
        before <- readBin(path, "raw", 1e5)
        for (make in list(dir.create, pipe_at)) {
            unlink(path)
            make(path)
            expect_error(cohort_clusters(files, directory = directory), name,
                class = "clustcr_error_damaged")
            unlink(path, recursive = TRUE)
        }
        writeBin(before, path)
    }
    path <- file.path(directory, "cohort", "clusters.txt")
    unlink(path)
    dir.create(path)
    expect_identical(as.data.frame(suppressMessages(openClusters(directory))),
        as.data.frame(x))
    unlink(path, recursive = TRUE)
    skip_if(!nzchar(Sys.which("mkfifo")), "mkfifo is not there")
    for (name in c("shards/1/commits", "clustcr.dcf")) {
        path <- file.path(directory, name)
        before <- readBin(path, "raw", 1e5)
        unlink(path)
        pipe_at(path)
        expect_error(openClusters(directory), "is a pipe",
            class = "clustcr_error_foreign")
        unlink(path)
        writeBin(before, path)
    }
})

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

test_that("a run that is killed again and again loses and doubles nothing", {
    script <- test_path("..", "kill", "kill.R")
    skip_if_not(file.exists(script), "tests/kill is not beside the tests")
    skip_if_not_installed("callr")
    # Its runs are other processes, whose errors no test sees.
    skip_without_faiss()
    result <- callr::rscript(
        script, "15", show = FALSE, fail_on_status = FALSE, timeout = 900,
        libpath = .libPaths()
    )
    expect_identical(result$status, 0L, info = result$stderr)
    expect_match(result$stdout, "^15 kills .* all tables identical")
})

# A session at work in a directory, until it is killed.
busy_session <- function(directory) {
    skip_if_not_installed("callr")
    ready <- withr::local_tempfile()
    session <- callr::r_bg(function(directory, ready) {
        release <- clustcr:::lock_cohort(directory, 0)
        file.create(ready)
        Sys.sleep(600)
    }, list(directory, ready))
    end <- Sys.time() + 300
    while (!file.exists(ready) && Sys.time() < end) Sys.sleep(0.05)
    session
}

test_that("another call is refused by name, and goes on when it has ended", {
    directory <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 60, 1))
    x <- cohort_clusters(files, directory = directory)
    before <- files_below(directory)
    expect_false(file.exists(file.path(directory, "cohort", "lock")))
    session <- busy_session(directory)
    withr::defer(session$kill())
    pid <- paste0("process ", session$get_pid(), " on .*, since ")
    expect_error(cohort_clusters(files, directory = directory, wait = 0), pid,
        class = "clustcr_error_locked")
    expect_message(
        expect_error(clusterRepertoires(files, directory = directory,
            wait = 0.1), class = "clustcr_error_locked"),
        paste0("Waiting for ", pid), class = "clustcr_message_stage"
    )
    expect_error(Clustering(directory = directory)$batch_cleanup(wait = 0),
        class = "clustcr_error_locked")
    # It looks only: no lock.
    expect_identical(length(openClusters(directory)), length(x))
    # However the other ends.
    session$kill()
    again <- cohort_clusters(files, directory = directory, wait = 5)
    expect_identical(as.data.frame(again), as.data.frame(x))
    now <- files_below(directory)
    rds <- "cohort/clusters.rds"
    expect_identical(now[names(now) != rds], before[names(before) != rds])
    expect_error(clusterRepertoires(files, wait = -1), "`wait` must be")
})

test_that("two calls at once give what one gives", {
    skip_if_not_installed("callr")
    directory <- file.path(withr::local_tempdir(), "new")
    files <- write_cohort(random_cohort(4, 150, 2))
    sessions <- lapply(1:2, function(i) {
        callr::r_bg(function(files, directory) {
            as.data.frame(suppressMessages(clustcr::clusterRepertoires(files,
                directory = directory, wait = 600)))
        }, list(files, directory))
    })
    expected <- as.data.frame(cohort_clusters(files))
    for (session in sessions) {
        session$wait(600000)
        expect_identical(session$get_result(), expected)
    }
    x <- openClusters(directory)
    expect_identical(samples(x)$repertoire_id, letters[1:4])
    expect_identical(sum(audit(x)$given), 600)
})

test_that("batch_cleanup() removes what is ours, and nothing else", {
    folder <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 60, 3))
    # A directory that was made is gone.
    directory <- file.path(folder, "made")
    cohort_clusters(files, directory = directory)
    Clustering(directory = directory)$batch_cleanup()
    expect_false(file.exists(directory))
    # One that was there stays, with what others have put there.
    directory <- file.path(folder, "there")
    dir.create(directory)
    cohort_clusters(files, directory = directory, method = "two-step",
        output = file.path(directory, "clusters.tsv"))
    writeLines("mine", file.path(directory, "cohort", "notes.txt"))
    writeLines("mine", file.path(directory, "cohort", "files.tsv-copy"))
    writeLines("half", file.path(directory, "cohort", "files.tsv-1a2b3c"))
    dir.create(file.path(directory, "cohort", "made"))
    Clustering(directory = directory)$batch_cleanup()
    expect_setequal(list.files(directory, recursive = TRUE),
        c("clusters.tsv", "cohort/files.tsv-copy", "cohort/notes.txt"))
    # Files that are called as ours are, but are not.
    directory <- file.path(folder, "others")
    dir.create(file.path(directory, "cohort"), recursive = TRUE)
    writeLines("mine", file.path(directory, "cohort", "arguments.tsv"))
    saveRDS("mine", file.path(directory, "cohort", "clusters.rds"))
    run <- Clustering(method = "mcl", directory = directory)
    run$batch_precluster(c("CASSF", "CASSY"))
    mine <- files_below(file.path(directory, "cohort"))
    run$batch_cleanup()
    expect_identical(files_below(directory),
        stats::setNames(mine, paste0("cohort/", names(mine))))
    # Without a store, as after a kill while the sample was drawn.
    directory <- file.path(folder, "begun")
    cohort_clusters(files, directory = directory)
    unlink(file.path(directory, c("clustcr.dcf", "shards", "runs", "lock",
        "centroids.bin")), recursive = TRUE)
    Clustering(method = "mcl", directory = directory)$batch_cleanup()
    expect_false(file.exists(directory))
})

test_that("a cleaned directory takes another cohort", {
    directory <- withr::local_tempdir()
    files <- write_cohort(random_cohort(2, 60, 4))
    x <- cohort_clusters(files, directory = directory)
    Clustering(directory = directory)$batch_cleanup()
    expect_identical(list.files(directory, all.files = TRUE, no.. = TRUE),
        character())
    expect_error(as.data.frame(x), class = "clustcr_error_gone")
    other <- cohort_clusters(files, directory = directory, v_gene = "none")
    expect_identical(parameters(other)$v_gene, "none")
})

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
    record <- "cohort/clusters.txt"
    expect_identical(now[names(now) != record],
        before[names(before) != record])
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
    expect_identical(clusterSamples(x)$repertoire_id, letters[1:4])
    expect_identical(sum(clusterAudit(x)$given), 600)
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
    writeLines("mine", file.path(directory, "cohort", "files.tsv-1a2b3c"))
    # What killed calls have left, of clustcr 0.2.0 too.
    record <- readBin(file.path(directory, "cohort", "files.tsv"), "raw", 60)
    for (name in c("files.tsv-1a2b3c4d", "files.tsv.12-345-6.part")) {
        writeBin(record, file.path(directory, "cohort", name))
    }
    file.create(file.path(directory, "cohort", "arguments.tsv-1a2b3c4d"))
    dir.create(file.path(directory, "cohort", "made"))
    Clustering(directory = directory)$batch_cleanup()
    expect_setequal(list.files(directory, recursive = TRUE),
        c("clusters.tsv", "cohort/files.tsv-1a2b3c", "cohort/files.tsv-copy",
            "cohort/notes.txt"))
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
    expect_identical(clusterParameters(other)$v_gene, "none")
})

test_that("folders and files that are called as ours are stay", {
    directory <- withr::local_tempdir()
    others <- c("tasks-2024/notes.txt", "tasks-0123456789abcdef/1",
        "cohort/drawn-1a2b3c/notes.txt", "cohort/drawn-0123456789abcdef/1",
        "cohort/staged-0123456789abcdef0123456789abcdef.txt",
        "cohort/clusters.txt-1a2b3c4d", "shards/staged/notes.tsv",
        "runs/notes/run.dcf", "runs/0123456789abcdef/lock", "lock")
    cohort_clusters(write_cohort(random_cohort(2, 60, 5)),
        directory = directory)
    for (name in others) {
        dir.create(dirname(file.path(directory, name)), FALSE, TRUE)
        writeLines("mine", file.path(directory, name))
    }
    # A user's empty folder, too.
    dir.create(file.path(directory, "tasks-2025"))
    before <- files_below(directory)[others]
    Clustering(directory = directory)$batch_cleanup()
    expect_identical(files_below(directory)[others], before)
    expect_setequal(names(files_below(directory)), others)
    expect_true(dir.exists(file.path(directory, "tasks-2025")))
})

test_that("a lock that is a link or another's is refused, and not touched", {
    files <- write_cohort(random_cohort(2, 60, 6))
    directory <- withr::local_tempdir()
    cohort_clusters(files, directory = directory)
    target <- withr::local_tempfile(lines = "mine")
    nowhere <- withr::local_tempfile()
    refused <- function(...) {
        expect_error(..., class = "clustcr_error_foreign")
    }
    for (lock in c("cohort/lock", "shards/1/lock")) {
        path <- file.path(directory, lock)
        for (to in c(target, nowhere)) {
            unlink(path)
            file.symlink(to, path)
            if (lock == "cohort/lock") {
                refused(cohort_clusters(files, directory = directory))
                refused(Clustering(directory = directory)$batch_cleanup())
            } else {
                run <- Clustering(directory = directory)
                refused(run$batch_precluster("CASSF", "more"))
            }
            expect_identical(readLines(target), "mine")
            expect_false(file.exists(nowhere))
            expect_identical(Sys.readlink(path), to)
        }
        unlink(path)
        pipe_at(path)
        if (lock == "cohort/lock") {
            refused(cohort_clusters(files, directory = directory))
        }
        unlink(path)
    }
    path <- file.path(directory, "cohort", "lock")
    writeLines("mine", path)
    refused(cohort_clusters(files, directory = directory))
    expect_identical(readLines(path), "mine")
    unlink(path)
    # Where a store is made, too.
    other <- withr::local_tempdir()
    file.symlink(target, file.path(other, "lock"))
    run <- Clustering(method = "mcl", directory = other)
    refused(run$batch_precluster("CASSF"))
    expect_identical(readLines(target), "mine")
    # Directories may be links: users put them elsewhere.
    alias <- file.path(withr::local_tempdir(), "alias")
    file.symlink(directory, alias)
    expect_s4_class(cohort_clusters(files, directory = alias),
        "RepertoireClusters")
})

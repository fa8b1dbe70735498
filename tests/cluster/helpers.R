# What the tests of workers on clusters share: runs in sessions of their own,
# what they leave on disk, and a line for each thing that must hold.

suppressPackageStartupMessages(library(clustcr))

passed <- failed <- 0L

expect <- function(ok, ...) {
    ok <- isTRUE(ok)
    cat(if (ok) "ok     " else "FAILED ", ..., "\n", sep = "")
    if (ok) passed <<- passed + 1L else failed <<- failed + 1L
    invisible(ok)
}

finish_tests <- function() {
    cat(passed, " passed, ", failed, " failed\n", sep = "")
    quit(status = failed > 0)
}

# A data set that is measured with and not shipped.
shared_file <- function(name) {
    folder <- Sys.getenv("CLUSTCR_SHARED", "../shared")
    path <- file.path(folder, "data", name)
    if (!file.exists(path)) {
        stop("no '", path, "' here: CLUSTCR_SHARED must name the folder with ",
            "data/", name, call. = FALSE)
    }
    path
}

# `table` as `n` AIRR files in `folder`.
split_table <- function(table, n, folder) {
    dir.create(folder, FALSE, TRUE)
    part <- rep_len(seq_len(n), nrow(table))
    vapply(seq_len(n), function(i) {
        path <- file.path(folder, sprintf("part_%02d.tsv", i))
        data.table::fwrite(table[part == i, , drop = FALSE], path, sep = "\t")
        path
    }, "")
}

# clusterRepertoires(...) in a session of its own, which can be killed or
# interrupted. Its workers are known by the mark in their environment. What it
# gives lies in a file: callr's own result is also written by workers that are
# forked and then fail.
run_aside <- function(directory, ...) {
    dir.create(dirname(directory), FALSE, TRUE)
    log <- paste0(directory, ".log")
    result <- paste0(directory, ".rds")
    unlink(result)
    mark <- basename(tempfile("run"))
    process <- callr::r_bg(
        function(arguments, result) {
            began <- proc.time()
            value <- tryCatch({
                x <- do.call(clustcr::clusterRepertoires, arguments)
                list(table = as.data.frame(x), seconds = proc.time() - began)
            }, error = identity)
            saveRDS(value, result)
        },
        list(list(directory = directory, ...), result), stdout = log,
        stderr = "2>&1", env = c(callr::rcmd_safe_env(),
            CLUSTCR_TEST_RUN = mark), supervise = TRUE
    )
    list(process = process, log = log, mark = mark, directory = directory,
        result = result)
}

# The value of a run, or its error.
result_of <- function(run, seconds = 600) {
    run$process$wait(1000 * seconds)
    if (run$process$is_alive()) {
        run$process$kill()
        return(simpleError(paste("it did not end in", seconds, "seconds")))
    }
    if (file.exists(run$result)) readRDS(run$result)
    else simpleError("it ended without a result")
}

log_of <- function(run) {
    if (file.exists(run$log)) readLines(run$log, warn = FALSE)
}

seconds_of <- function(result) {
    sprintf("%.1f s", result$seconds[["elapsed"]])
}

# Waits until `condition()` holds, while `run` is at work.
wait_until <- function(condition, run = NULL, seconds = 600) {
    end <- Sys.time() + seconds
    while (!isTRUE(condition())) {
        if (Sys.time() > end) return(FALSE)
        if (!is.null(run) && !run$process$is_alive()) return(FALSE)
        Sys.sleep(0.05)
    }
    TRUE
}

# The environment of a process, which it inherits with all that it starts.
environment_of <- function(pid) {
    bytes <- tryCatch(
        suppressWarnings(readBin(file.path("/proc", pid, "environ"), "raw",
            1e6)),
        error = function(e) raw()
    )
    bytes[bytes == as.raw(0)] <- as.raw(10)
    strsplit(rawToChar(bytes), "\n", useBytes = TRUE)[[1]]
}

# A file of /proc; nothing where the process has ended.
proc_lines <- function(pid, name) {
    tryCatch(
        suppressWarnings(
            readLines(file.path("/proc", pid, name), warn = FALSE)
        ),
        error = function(e) character()
    )
}

# Processes of R in whose environment the line `entry` is.
r_pids_with <- function(entry) {
    pids <- as.integer(basename(Sys.glob("/proc/[0-9]*")))
    pids <- Filter(function(pid) identical(proc_lines(pid, "comm"), "R"), pids)
    Filter(function(pid) entry %in% environment_of(pid), pids)
}

# What a run has done so far.
answers_below <- function(directory) {
    length(Sys.glob(file.path(directory, "tasks-*", "answers", "*")))
}

staged_below <- function(directory) {
    length(Sys.glob(file.path(directory, "shards", "staged", "*.batch")))
}

units_below <- function(directory) {
    length(Sys.glob(file.path(directory, "runs", "*", "done", "*")))
}

# Bytes of shards and kept clusters, but for locks and the store's identifier,
# which is drawn.
stored_sums <- function(directory) {
    run <- list.dirs(file.path(directory, "runs"), recursive = FALSE)
    folders <- c(file.path(directory, "shards"), file.path(run, "clusters"),
        file.path(run, "done"))
    lapply(stats::setNames(folders, c("shards", "clusters", "done")),
        function(folder) {
            files <- sort(list.files(folder, recursive = TRUE),
                method = "radix")
            files <- files[basename(files) != "lock"]
            sums <- vapply(file.path(folder, files), sum_of, "")
            c(unname(sums), files)
        })
}

# Records of batches name their store, which is another one.
sum_of <- function(path) {
    if (grepl("/shards/1/(batches/|checkpoint$)", path)) {
        lines <- grep("^(store|chain|check:)\t", readLines(path), value = TRUE,
            invert = TRUE)
        path <- tempfile()
        on.exit(unlink(path))
        writeLines(lines, path)
    }
    unname(tools::md5sum(path))
}

megabytes_below <- function(folder) {
    files <- list.files(folder, recursive = TRUE, full.names = TRUE)
    sprintf("%.0f MB", sum(file.size(files)) / 1e6)
}

expect_same_store <- function(what, directory, expected) {
    sums <- stored_sums(directory)
    for (name in names(expected)) {
        same <- identical(sums[[name]], expected[[name]])
        expect(same, what, ": the bytes of ", name, " (",
            length(expected[[name]]) / 2, " files) are those of one process")
        if (!same) {
            cat("   ", utils::head(setdiff(sums[[name]], expected[[name]])),
                "\n", sep = " ")
        }
    }
    left <- list.files(directory, "^tasks-|^clustcr-probe-")
    expect(!length(left), what, ": no folder of tasks is left",
        if (length(left)) paste0(" but ", toString(left)))
}

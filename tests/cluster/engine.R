# Rscript engine.R [kind...]: one person's repertoire of 245,000 receptors by 1,
# 2 and 4 workers of each kind, some of which are killed again and again: all
# must be what one process makes, byte for byte. Some minutes (make
# test-cluster).
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "helpers.R"))
library(BiocParallel)
set.seed(1)

folder <- file.path(normalizePath(file.path(here, "../../.build")),
    "engine-test")
unlink(folder, recursive = TRUE)
dir.create(folder)

sequences <- readLines(gzfile(shared_file("hip07754.txt.gz")))
files <- split_table(data.frame(junction_aa = sequences), 5,
    file.path(folder, "files"))
start_run <- function(name, param = NULL) {
    run_aside(file.path(folder, name), files = files, method = "mcl",
        memory_limit = "32MB", BPPARAM = param)
}
one <- result_of(start_run("one"))
expected <- stored_sums(file.path(folder, "one"))
cat(length(sequences), " receptors in 5 files; one process: ",
    seconds_of(one), ", ", length(expected$done) / 2, " units, ",
    megabytes_below(file.path(folder, "one")), "\n", sep = "")
stopifnot(length(expected$done) / 2 > 4, nrow(one$table) > 1e5)

# What is at work now: each stage forgives that its workers end twice, and one
# that ended idle counts in the stage after.
stage_of <- function(run) {
    folders <- list.dirs(file.path(run$directory, "runs"), recursive = FALSE)
    if (!length(folders)) "reading"
    else if (!file.exists(file.path(folders[1], "plan.tsv"))) "joining"
    else "clustering"
}

# Those that have clustcr's code loaded: one that is only starting has no work
# to lose (and what becomes of it, test-workers.R knows).
workers_of <- function(run) {
    pids <- setdiff(r_pids_with(paste0("CLUSTCR_TEST_RUN=", run$mark)),
        run$process$get_pid())
    Filter(function(pid) {
        any(grepl("/clustcr/libs/", proc_lines(pid, "maps"), fixed = TRUE))
    }, pids)
}

# Kills a random worker now and then, three a stage at most. How many it
# killed.
kill_workers <- function(run, every) {
    killed <- c(reading = 0L, joining = 0L, clustering = 0L)
    end <- Sys.time() + 600
    while (run$process$is_alive() && Sys.time() < end) {
        run$process$wait(1000 * stats::runif(1, 0.3, 1) * every)
        stage <- stage_of(run)
        if (killed[stage] == 3L) next
        pids <- workers_of(run)
        if (!length(pids) || !run$process$is_alive()) next
        tools::pskill(pids[sample.int(length(pids), 1)], tools::SIGKILL)
        killed[stage] <- killed[stage] + 1L
    }
    killed
}

kinds <- list(
    SerialParam = function(n) SerialParam(),
    MulticoreParam = function(n) MulticoreParam(n),
    SnowParam = function(n) SnowParam(n),
    BatchtoolsParam = function(n) {
        BatchtoolsParam(n, cluster = "socket", registryargs =
            batchtoolsRegistryargs(file.dir = tempfile("registry-", folder),
                work.dir = folder))
    }
)

marks <- character()
check_kind <- function(kind, n, kills) {
    what <- paste0(kind, ", ", n, if (n == 1) " worker" else " workers",
        if (kills) ", some killed")
    run <- start_run(gsub("\\W+", "-", what), kinds[[kind]](n))
    marks <<- c(marks, run$mark)
    killed <- if (kills) kill_workers(run, one$seconds[["elapsed"]] / 4)
    many <- result_of(run)
    if (!expect(!inherits(many, "error"), what, ": the run ends well")) {
        cat(conditionMessage(many), log_of(run), sep = "\n    ")
        return(invisible())
    }
    cat("       ", what, ": ", seconds_of(many), "\n", sep = "")
    if (kills) {
        told <- grep("will be done again", log_of(run), value = TRUE)
        cat("       killed: ", paste(killed, names(killed), collapse = ", "),
            "; told: ", length(told), "\n", sep = "")
        expect(sum(killed) > 0 && length(told) > 0, what,
            ": workers were killed, and it was told")
    }
    expect(identical(many$table, one$table), what,
        ": the clusters are those of one process")
    expect_same_store(what, run$directory, expected)
    unlink(run$directory, recursive = TRUE)
}

wanted <- commandArgs(TRUE)
if (length(wanted)) kinds <- kinds[wanted]
if ("SerialParam" %in% names(kinds)) check_kind("SerialParam", 1, FALSE)
for (kind in setdiff(names(kinds), "SerialParam")) {
    for (n in c(1, 2, 4)) check_kind(kind, n, FALSE)
    for (n in c(2, 4)) check_kind(kind, n, TRUE)
}
left <- unlist(lapply(marks, function(mark) {
    r_pids_with(paste0("CLUSTCR_TEST_RUN=", mark))
}))
expect(!length(left), "no worker is left running")
expect(!length(list.files(folder, "^registry-")),
    "no registry of jobs is left")
finish_tests()

# Several workers at once, by BiocParallel. Workers get a task, a list of paths
# and numbers, and never an object of this session; what they do lies on disk
# in one step, so that a task can be done again at any time.
#
# An engine is a list of class "near_workers" or "job_workers": the
# BiocParallelParam, how many `workers` it has, how many of them share a machine
# (`share`), the `threads` of each (NULL: what it was granted), whether they are
# `far`, on other machines, `say`, for messages, and `bar`: bar(label, n) gives
# a function to be called with how many of n are done.

new_engine <- function(BPPARAM, n_cpus = NULL, say = engine_says,
                       bar = engine_bar) {
    need_package("BiocParallel", "`BPPARAM`")
    if (!methods::is(BPPARAM, "BiocParallelParam")) {
        bad_argument("`BPPARAM` must be a BiocParallelParam, such as ",
            "BiocParallel::SnowParam(2), not ", given(BPPARAM))
    }
    backend <- if (methods::is(BPPARAM, "BatchtoolsParam")) job_workers
        else near_workers
    backend(list(
        param = BPPARAM, workers = max(1L, BiocParallel::bpnworkers(BPPARAM)),
        threads = if (!is.null(n_cpus)) check_threads(n_cpus),
        say = say, bar = bar
    ))
}

engine_says <- function(...) {
    if (!isTRUE(getOption("knitr.in.progress"))) inform("workers", ...)
}

# A bar with share and time to go, which ends with the function that asked for
# it.
engine_bar <- function(label, n) {
    bar <- progress_bar(label, n)
    function(done) {
        if (!is.null(bar)) cli::cli_progress_update(set = done, id = bar)
    }
}

# Tells what workers can't see before any work starts. `directories` must be
# there and take files, `files` must be there. Returns what each worker that
# was asked was granted.
check_workers <- function(engine, directories, files = character()) {
    token <- paste0("clustcr-probe-", basename(tempfile("")))
    probes <- file.path(directories, token)
    on.exit(unlink(probes))
    for (probe in probes) {
        dir.create(dirname(probe), FALSE, TRUE)
        # What fails here fails again, with its own words, where it is used.
        try(writeLines(token, probe), silent = TRUE)
    }
    probe_workers(engine, list(
        what = "probe", about = "looking at directories", probes = probes,
        token = token, files = files, sizes = file.size(files),
        version = as.character(utils::packageVersion("clustcr"))
    ))
}

# Has `task` done by those who can be asked beforehand: a list of its values.
probe_workers <- function(engine, task) UseMethod("probe_workers")

# Starts workers that are not up already, once for all that follows; returns a
# function that ends them.
start_workers <- function(engine) UseMethod("start_workers")

# Several workers at once, by BiocParallel. Workers get a task, a list of paths
# and numbers, and never an object of this session; what they do lies on disk
# in one step, so that a task can be done again at any time.
#
# `engine` is a list: the BiocParallelParam, how many `workers` it has, how many
# of them share one machine (`share`), the `threads` of each (NULL: what it was
# granted), whether they are `jobs` of batchtools, whether they are `far`, on
# other machines, `say`, for messages, `bar`: bar(label, n) gives a function to
# be called with how many of n are done, and `forks`, which has the `pids` of
# workers that are forks of this session.

new_engine <- function(BPPARAM, n_cpus = NULL, say = engine_says,
                       bar = engine_bar) {
    need_package("BiocParallel", "`BPPARAM`")
    if (!methods::is(BPPARAM, "BiocParallelParam")) {
        bad_argument("`BPPARAM` must be a BiocParallelParam, such as ",
            "BiocParallel::SnowParam(2), not ", given(BPPARAM))
    }
    workers <- max(1L, BiocParallel::bpnworkers(BPPARAM))
    names <- BiocParallel::bpworkers(BPPARAM)
    jobs <- methods::is(BPPARAM, "BatchtoolsParam")
    by_scheduler <- jobs &&
        !BPPARAM$cluster %in% c("socket", "multicore", "interactive")
    list(
        param = BPPARAM, workers = workers, jobs = jobs,
        share = if (by_scheduler) 1L else if (is.character(names))
            max(table(names)) else workers,
        threads = if (!is.null(n_cpus)) check_threads(n_cpus),
        far = by_scheduler || (is.character(names) &&
            !all(names %in% c("localhost", "127.0.0.1"))),
        say = say, bar = bar, forks = new.env()
    )
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

# Values of `tasks`, each a list with what its `what` needs (register()), in
# their order. Tasks are begun in their order, by whoever is free. One whose
# worker ended is done again; an error of a task is raised when all others are
# done, so that only what is missing must be done again: its condition is also
# of class "bplist_error", and its attribute "result" has the values there are.
engine_map <- function(engine, tasks, label, BPREDO = NULL) {
    n <- length(tasks)
    values <- vector("list", n)
    done <- logical(n)
    if (length(BPREDO)) {
        done <- vapply(BPREDO, function(x) !inherits(x, "error"), NA)
        values <- unname(as.list(BPREDO))
    }
    progress <- engine$bar(label, n)
    arrived <- function(answer) {
        i <- answer$index
        values[i] <<- list(if (is.null(answer$error)) answer$value
            else worker_error(answer))
        done[i] <<- TRUE
        progress(sum(done))
    }
    hand_out <- if (engine$jobs) hand_to_jobs else hand_to_workers
    fruitless <- 0L
    repeat {
        todo <- which(!done)
        if (!length(todo)) break
        problem <- hand_out(engine, lapply(todo, function(i) {
            c(tasks[[i]], list(index = i, share = engine$share,
                threads = engine$threads))
        }), arrived)
        missing <- sum(!done)
        if (!missing) break
        # One task that ends its worker would end all, one after the other.
        fruitless <- if (missing < length(todo)) 0L else fruitless + 1L
        if (fruitless == fruitless_attempts) {
            raise_lost_worker(problem, tasks, values, done)
        }
        engine$say(label, ": ", count_words(missing, "task", "tasks"),
            " of workers that ended will be done again")
        if (!engine$jobs) {
            drop_workers(engine)
            bring_up(engine)
        }
    }
    raise_worker_errors(values)
    values
}

# Hands tasks out one by one; `arrived(answer)` for each that comes back.
# Returns the error of the engine itself, or NULL.
hand_to_workers <- function(engine, tasks, arrived) {
    # A worker may still send what another call has asked it.
    call <- basename(tempfile(""))
    at <- 0L
    following <- function() {
        at <<- at + 1L
        if (at <= length(tasks)) c(tasks[[at]], list(call = call))
    }
    take <- function(before, answer) {
        if (is.list(answer) && identical(answer$call, call)) arrived(answer)
        NULL
    }
    tryCatch({
        BiocParallel::bpiterate(
            following, at_worker("do_task"), REDUCE = take, init = NULL,
            reduce.in.order = FALSE, BPPARAM = engine$param
        )
        NULL
    }, error = identity)
}

# The condition of a task, as it was raised, with what its worker had said.
worker_error <- function(answer) {
    e <- answer$error
    log <- utils::tail(answer$log, 20L)
    e$message <- paste0(
        conditionMessage(e), "\n(", answer$about, " on ", answer$host,
        ", process ", answer$pid, if (length(log)) paste0("; before it:\n",
            paste0("  ", log, collapse = "\n")), ")"
    )
    class(e) <- c("remote_error", "bperror", class(e))
    e
}

raise_worker_errors <- function(values) {
    failed <- vapply(values, inherits, NA, "bperror")
    if (!any(failed)) return(invisible())
    e <- values[[which(failed)[1L]]]
    if (sum(failed) > 1L) {
        e$message <- paste0(conditionMessage(e), "\n(", sum(failed),
            " tasks of ", length(values), " failed; this is the first)")
    }
    class(e) <- setdiff(class(e), c("remote_error", "bperror"))
    stop_with_result(e, values)
}

# As BiocParallel's own errors say what there is, for BPREDO.
stop_with_result <- function(e, values) {
    class(e) <- append(class(e), "bplist_error",
        match("error", class(e)) - 1L)
    attr(e, "result") <- values
    stop(e)
}

# `problem`: the engine's own error.
raise_lost_worker <- function(problem, tasks, values, done) {
    about <- unique(vapply(tasks[!done], function(task) task$about, ""))
    lost <- new_error("worker", paste0(
        "workers must last as long as their tasks, but ",
        count_words(sum(!done), "task", "tasks"), " had no answer in ",
        fruitless_attempts, " attempts (", name_some(about), ")",
        if (!is.null(problem)) paste0(": ", conditionMessage(problem))
    ))
    value <- lost
    class(value) <- c("unevaluated_error", "bperror", class(lost))
    values[!done] <- list(value)
    stop_with_result(lost, values)
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
    task <- list(
        what = "probe", about = "looking at directories", probes = probes,
        token = token, files = files, sizes = file.size(files),
        version = as.character(utils::packageVersion("clustcr"))
    )
    if (!engine$jobs) {
        asked <- if (engine$far) engine$workers else 1L
        return(engine_map(engine, rep(list(task), asked),
            "Looking for workers"))
    }
    for (attempt in seq_len(fruitless_attempts)) {
        answers <- run_jobs(engine, list(c(task, list(share = engine$share))),
            at_worker("do_task"))
        if (!inherits(answers, "error")) break
    }
    if (inherits(answers, "error")) {
        raise_error("worker", paste0(
            "a worker must be able to start, but none did in ",
            fruitless_attempts, " attempts: ",
            conditionMessage(answers)
        ))
    }
    lapply(answers, function(answer) {
        if (!is.null(answer$error)) stop(worker_error(answer))
        answer$value
    })
}

# Workers that BiocParallel starts and talks to itself: forks, other sessions
# here or elsewhere, or this one. `forks` has the `pids` of those that fork.

near_workers <- function(engine) {
    names <- BiocParallel::bpworkers(engine$param)
    named <- is.character(names)
    engine$far <- named && !all(names %in% c("localhost", "127.0.0.1"))
    engine$share <- if (named) max(table(names)) else engine$workers
    engine$forks <- new.env()
    structure(engine, class = "near_workers")
}

start_workers.near_workers <- function(engine) {
    if (BiocParallel::bpisup(engine$param)) {
        note_forks(engine)
        return(function() NULL)
    }
    bring_up(engine)
    function() {
        suppressWarnings(try(BiocParallel::bpstop(engine$param),
            silent = TRUE))
        drop_workers(engine)
    }
}

# All of them where they may be on different machines, else one for all.
probe_workers.near_workers <- function(engine, task) {
    asked <- if (engine$far) engine$workers else 1L
    engine_map(engine, rep(list(task), asked), "Looking for workers")
}

# One by one. Workers are replaced where some have ended before.
hand_out.near_workers <- function(engine, tasks, arrived) {
    if (!BiocParallel::bpisup(engine$param)) bring_up(engine)
    # A worker may still send what another call has asked it.
    call <- basename(tempfile(""))
    at <- 0L
    following <- function() {
        at <<- at + 1L
        if (at <= length(tasks)) c(tasks[[at]], list(call = call))
    }
    left <- length(tasks)
    take <- function(before, answer) {
        if (!is.list(answer) || !identical(answer$call, call)) return(NULL)
        left <<- left - 1L
        arrived(answer)
        NULL
    }
    problem <- tryCatch({
        BiocParallel::bpiterate(
            following, at_worker("do_task"), REDUCE = take, init = NULL,
            reduce.in.order = FALSE, BPPARAM = engine$param
        )
        NULL
    }, error = identity)
    if (left) drop_workers(engine)
    problem
}

# How long a worker may take from its start to its first word.
start_seconds <- 60L

# A worker that ends before it is connected is waited for: by snow for a year,
# in an accept() that no limit of R's ends but the connection's own.
bring_up <- function(engine, attempts = fruitless_attempts,
                     seconds = start_seconds) {
    param <- engine$param
    limited <- cluster_type(param) == "SOCK"
    if (limited) {
        before <- snow_timeout(seconds)
        on.exit(snow_timeout(before))
    }
    for (attempt in seq_len(attempts)) {
        problem <- tryCatch({
            suppressWarnings(BiocParallel::bpstart(param))
            NULL
        }, error = identity)
        if (is.null(problem)) break
        drop_workers(engine)
    }
    if (!is.null(problem)) {
        raise_error("worker", paste0("the workers did ",
            "not start in ", count_words(attempts, "attempt", "attempts"), ": ",
            conditionMessage(problem)))
    }
    note_forks(engine)
    # The limit holds for all that is read later, too.
    if (limited) wait_for_answers(param)
}

# As many calls as workers: each gets one.
note_forks <- function(engine) {
    if (cluster_type(engine$param) != "FORK") return(invisible())
    engine$forks$pids <- tryCatch(
        unlist(BiocParallel::bplapply(seq_len(engine$workers),
            function(i) Sys.getpid(), BPPARAM = engine$param)),
        error = function(e) NULL
    )
}

# bpstop() asks dead workers to end: it fails, and leaves an engine whose every
# call fails. Closing the connections ends those that live.
drop_workers <- function(engine) {
    param <- engine$param
    if (!BiocParallel::bpisup(param)) return(invisible())
    close_connections(param)
    # That of a param that was never started.
    BiocParallel::bpbackend(param) <-
        BiocParallel::bpbackend(BiocParallel::SnowParam(1L))
    end_forks(engine)
}

# Those at work would end with their task. The end of a child interrupts R's
# wait for answers, which then reads from the first worker though it may have
# nothing to say: it would be waited for without end.
end_forks <- function(engine) {
    pids <- engine$forks$pids
    engine$forks$pids <- NULL
    if (!length(pids)) return(invisible())
    tools::pskill(pids, tools::SIGKILL)
    for (i in 1:500) {
        if (all(cpp_children_ended(pids))) break
        Sys.sleep(0.02)
    }
}

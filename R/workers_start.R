# Starts and ends the workers of an engine that are not jobs of a scheduler.

# Workers that are not up already are started once for all that follows; what
# is returned ends them. Jobs of batchtools are started for each step anew.
start_workers <- function(engine) {
    if (engine$jobs || BiocParallel::bpisup(engine$param)) {
        if (!engine$jobs) note_forks(engine)
        return(function() NULL)
    }
    bring_up(engine)
    function() end_workers(engine)
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
        raise_error("worker", paste0("workers must be able to start, but ",
            "did not in ", count_words(attempts, "attempt", "attempts"), ": ",
            conditionMessage(problem)))
    }
    note_forks(engine)
    if (!limited) return(invisible())
    # It holds for all that is read later, too.
    for (node in BiocParallel::bpbackend(param)) {
        try(socketTimeout(node$con, 30L * 86400L), silent = TRUE)
    }
}

# Sets what snow takes for its connections, and returns what it took; as it
# ignores it as an argument, only its default counts.
snow_timeout <- function(seconds) {
    snow <- function(name) utils::getFromNamespace(name, "snow")
    tryCatch({
        before <- snow("getClusterOption")("timeout")
        if (!is.null(seconds)) {
            snow("setDefaultClusterOptions")(timeout = seconds)
        }
        before
    }, error = function(e) NULL)
}

# "SOCK", "FORK", or "" where it has no such workers.
cluster_type <- function(param) {
    type <- tryCatch(param$.clusterargs$type, error = function(e) NULL)
    if (is.null(type)) "" else type
}

# As many calls as workers: each gets one.
note_forks <- function(engine) {
    engine$forks$pids <- if (cluster_type(engine$param) == "FORK") {
        tryCatch(
            unlist(BiocParallel::bplapply(
                seq_len(BiocParallel::bpnworkers(engine$param)),
                function(i) Sys.getpid(), BPPARAM = engine$param
            )),
            error = function(e) NULL
        )
    }
}

end_workers <- function(engine) {
    suppressWarnings(try(BiocParallel::bpstop(engine$param), silent = TRUE))
    drop_workers(engine)
}

# bpstop() asks dead workers to end: it fails, and leaves an engine whose every
# call fails. Closing the connections ends those that live.
drop_workers <- function(engine) {
    param <- engine$param
    if (!BiocParallel::bpisup(param)) return(invisible())
    for (node in BiocParallel::bpbackend(param)) {
        try(close(node$con), silent = TRUE)
    }
    BiocParallel::bpbackend(param) <- structure(list(),
        class = c("NULLcluster", "cluster"))
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

# So many times in a row no answer at all: it is not a worker that fails, but
# what it is to do.
fruitless_attempts <- 3L

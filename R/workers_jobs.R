# Workers that are jobs of a scheduler, by batchtools. It gives each job its
# elements beforehand, in any order, and what a job that ended had done is lost.
# So each job is told of all tasks, by batchtools' own registry, and takes the
# next that nobody has taken; its answers lie on disk:
#
#   tasks-<name>/taken/<n>     made by who takes task n; mkdir() is one step,
#                              over NFS too
#   tasks-<name>/answers/<n>   its answer, written in one step
#
# The folder is of one attempt: a job that comes back from the dead takes and
# answers what nobody asks any more.
#
# An answer can be any object of R, and reading one can run code. So it is read
# only where it is sealed with a secret that the registry alone has told to the
# jobs: whoever can write to the folder can't make one.

job_workers <- function(engine) {
    on_machine <- c("socket", "multicore", "interactive")
    engine$far <- !engine$param$cluster %in% on_machine
    engine$share <- if (engine$far) 1L else engine$workers
    structure(engine, class = "job_workers")
}

# Jobs are started for each step anew.
start_workers.job_workers <- function(engine) function() NULL

# One job asks for all.
probe_workers.job_workers <- function(engine, task) {
    task$share <- engine$share
    for (attempt in seq_len(fruitless_attempts)) {
        answers <- run_jobs(engine, list(task), at_worker("do_task"))
        if (!inherits(answers, "error")) {
            return(lapply(answers, function(answer) {
                if (!is.null(answer$error)) stop(worker_error(answer))
                answer$value
            }))
        }
    }
    raise_error("worker", paste0("no worker started in ", fruitless_attempts,
        " attempts: ", conditionMessage(answers)))
}

hand_out.job_workers <- function(engine, tasks, arrived) {
    folder <- make_task_folder(tasks[[1L]]$directory, "tasks")
    on.exit(remove_task_folder(folder))
    for (name in c("taken", "answers")) make_folder(file.path(folder, name))
    secret <- paste0(cpp_new_identifier(), cpp_new_identifier())
    seen <- logical(length(tasks))
    collect <- function() {
        paths <- file.path(folder, "answers", seq_along(tasks))
        for (k in which(!seen & file.exists(paths))) {
            seen[k] <<- TRUE
            arrived(read_answer(paths[k], secret))
        }
    }
    jobs <- min(engine$workers, length(tasks))
    result <- run_jobs(engine, rep(list(folder), jobs),
        at_worker("take_tasks", list(tasks, secret)), collect)
    collect()
    if (inherits(result, "error")) result
}

# What a job does.
take_tasks <- function(folder, tasks, secret) {
    for (k in seq_along(tasks)) {
        mine <- dir.create(file.path(folder, "taken", k), FALSE)
        if (!mine) next
        write_answer(do_task(tasks[[k]]), file.path(folder, "answers", k),
            secret)
    }
    NULL
}

# Of this answer of this task: the number is part of it.
seal_of <- function(bytes, path, secret) {
    keyed <- function(side, bytes) {
        cpp_md5(c(charToRaw(paste0(secret, side, basename(path))), bytes))
    }
    charToRaw(keyed("outer", charToRaw(keyed("inner", bytes))))
}

write_answer <- function(answer, path, secret) {
    bytes <- serialize(answer, NULL)
    replace_file(path, c(seal_of(bytes, path, secret), bytes))
}

read_answer <- function(path, secret) {
    all <- cpp_read_file(path)
    bytes <- all[-(1:32)]
    if (!identical(all[1:32], seal_of(bytes, path, secret))) {
        raise_error("damaged", paste0("'", path, "' must be what a job of ",
            "this call answered; it is something else, and is not read"))
    }
    unserialize(bytes)
}

# Runs `send`, of at_worker(), on each of `x` in a job of its own; `waiting()`
# is called now and then. The values, or the engine's error with the ends of the
# logs of jobs that did not end well.
run_jobs <- function(engine, x, send, waiting = function() NULL) {
    param <- engine$param
    # Else it sleeps for 5 seconds before it removes its files.
    withr::local_options(BIOCPARALLEL_BATCHTOOLS_REMOVE_REGISTRY_WAIT = 0)
    # batchtools asks for the jobs of $USER, and takes those it isn't told of
    # for ended. Containers and cron don't have it.
    if (!nzchar(Sys.getenv("USER"))) {
        withr::local_envvar(USER = Sys.info()[["user"]])
    }
    if (BiocParallel::bpisup(param)) remove_registry(param)
    BiocParallel::bpstart(param)
    registry <- param$registry
    on.exit({
        end_jobs(registry)
        remove_registry(param)
    })
    if (engine$far) be_patient(registry)
    registry$sleep <- function(i) {
        waiting()
        min(5, 0.2 * i)
    }
    tryCatch(
        BiocParallel::bplapply(x, send, BPPARAM = param),
        error = function(e) {
            said <- conditionMessage(e)
            # Of jobs that ended without a result this helps nobody.
            if (grepl("successfully computed", said, fixed = TRUE)) {
                said <- "a job ended before it had done its work"
            }
            e$message <- paste0(said, job_logs(registry))
            e
        }
    )
}

# A scheduler that is busy or restarted does not answer for a while: batchtools
# would give up all jobs.
be_patient <- function(registry, seconds = 300) {
    functions <- registry$cluster.functions
    asked <- intersect(c("listJobsQueued", "listJobsRunning"),
        names(Filter(is.function, functions)))
    functions[asked] <- lapply(functions[asked], ask_patiently, seconds)
    registry$cluster.functions <- functions
}

ask_patiently <- function(ask, seconds) {
    force(ask)
    function(...) {
        end <- Sys.time() + seconds
        repeat {
            answer <- tryCatch(ask(...), error = identity)
            if (!inherits(answer, "error")) return(answer)
            if (Sys.time() >= end) stop(answer)
            Sys.sleep(min(5, seconds / 10))
        }
    }
}

# Jobs of a call that failed, or was interrupted, would go on; and nothing of
# the registry can be removed while they run.
end_jobs <- function(registry) {
    try({
        running <- batchtools::findOnSystem(reg = registry)
        if (nrow(running)) {
            suppressMessages(batchtools::killJobs(running, reg = registry))
        }
    }, silent = TRUE)
}

# bpstop() first asks for the jobs that run; where that fails, as after the end
# of a worker behind a socket, the registry stays, and so no other can be begun.
remove_registry <- function(param) {
    folder <- param$registry$file.dir
    suppressWarnings(try(BiocParallel::bpstop(param), silent = TRUE))
    if (BiocParallel::bpisup(param)) {
        # That of a param that was never started.
        param$registry <- BiocParallel::BatchtoolsParam(1L,
            "interactive")$registry
        if (!isTRUE(param$saveregistry)) unlink(folder, recursive = TRUE)
    }
}

job_logs <- function(registry, most = 2L, lines = 15L) {
    tryCatch({
        failed <- rbind(batchtools::findErrors(reg = registry),
            batchtools::findExpired(reg = registry))
        failed <- utils::head(failed$job.id, most)
        paste(vapply(failed, function(id) {
            text <- tryCatch(batchtools::getLog(id, reg = registry),
                error = function(e) "(there is no log)")
            paste0("\nthe log of job ", id, " ends with:\n", paste0("  ",
                utils::tail(text, lines), collapse = "\n"))
        }, ""), collapse = "")
    }, error = function(e) "")
}

# Workers that are jobs of a scheduler, by batchtools. It gives each job its
# elements beforehand, in any order, and what a job that ended had done is lost.
# So each job is told of all tasks and takes the next that nobody has taken,
# and its answers lie on disk:
#
#   tasks-<name>/tasks.rds     the tasks
#   tasks-<name>/taken/<n>     made by who takes task n; mkdir() is one step,
#                              over NFS too
#   tasks-<name>/answers/<n>   its answer, written in one step
#
# The folder is of one attempt: a job that comes back from the dead takes and
# answers what nobody asks any more.

# As hand_to_workers().
hand_to_jobs <- function(engine, tasks, arrived) {
    folder <- file.path(tasks[[1L]]$directory,
        paste0("tasks-", basename(tempfile(""))))
    for (name in c("taken", "answers")) {
        dir.create(file.path(folder, name), FALSE, TRUE)
    }
    on.exit(unlink(folder, recursive = TRUE))
    saveRDS(tasks, file.path(folder, "tasks.rds"))
    seen <- logical(length(tasks))
    collect <- function() {
        paths <- file.path(folder, "answers", seq_along(tasks))
        for (k in which(!seen & file.exists(paths))) {
            seen[k] <<- TRUE
            arrived(readRDS(paths[k]))
        }
    }
    jobs <- min(engine$workers, length(tasks))
    result <- run_jobs(engine, rep(list(folder), jobs), "take_tasks", collect)
    collect()
    if (inherits(result, "error")) result
}

# What sessions that were killed have left in a directory that is to go.
remove_task_folders <- function(directory) {
    folders <- list.dirs(directory, recursive = FALSE)
    unlink(grep("/tasks-[0-9a-f]+$", folders, value = TRUE), recursive = TRUE)
}

# What a job does.
take_tasks <- function(folder) {
    tasks <- readRDS(file.path(folder, "tasks.rds"))
    for (k in seq_along(tasks)) {
        mine <- dir.create(file.path(folder, "taken", k), FALSE)
        if (!mine) next
        answer <- do_task(tasks[[k]])
        write_aside(file.path(folder, "answers", k), function(aside) {
            saveRDS(answer, aside)
        })
    }
    NULL
}

# Runs `what` on each of `x` in a job of its own; `waiting()` is called now and
# then. The values, or the engine's error with the ends of the logs of jobs that
# did not end well.
run_jobs <- function(engine, x, what, waiting = function() NULL) {
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
        BiocParallel::bplapply(x, at_worker(what), BPPARAM = param),
        error = function(e) {
            e$message <- paste0(job_problem(e), job_logs(registry))
            e
        }
    )
}

# What batchtools says of jobs that ended without a result helps nobody.
job_problem <- function(e) {
    message <- conditionMessage(e)
    if (grepl("successfully computed", message, fixed = TRUE))
        "a job ended before it had done its work" else message
}

# A scheduler that is busy or restarted does not answer for a while: batchtools
# would give up all jobs.
be_patient <- function(registry, seconds = 300) {
    functions <- registry$cluster.functions
    for (name in c("listJobsQueued", "listJobsRunning")) {
        if (is.function(functions[[name]])) {
            functions[[name]] <- ask_patiently(functions[[name]], seconds)
        }
    }
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
        param$registry <- utils::getFromNamespace(".NULLRegistry",
            "BiocParallel")()
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

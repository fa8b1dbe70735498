# What workers do: each of these gets a task, a list, and no object of the
# session that made it.

# The answer to a task: its value, or the error, and what was said meanwhile.
do_task <- function(task) {
    log <- character()
    keep <- function(condition) {
        log <<- c(log, trimws(conditionMessage(condition)))
        if (inherits(condition, "warning")) tryInvokeRestart("muffleWarning")
        else tryInvokeRestart("muffleMessage")
    }
    answer <- tryCatch(
        list(value = withCallingHandlers(
            registered("task")[[task$what]](task), message = keep,
            warning = keep
        )),
        error = function(e) {
            # A call can hold all of its arguments' values.
            e$call <- NULL
            list(error = e)
        }
    )
    c(answer, list(
        index = task$index, call = task$call, about = task$about, log = log,
        host = Sys.info()[["nodename"]], pid = Sys.getpid()
    ))
}

# Threads of a worker: as many as asked for, but never more than its share of
# what its machine grants.
task_threads <- function(task) {
    share <- max(1L, granted_threads() %/% task$share)
    min(task$threads, share)
}

# Where the files of a task lie that end with it: on the worker's own disk
# where it is another machine's.
task_scratch <- function(task) if (isTRUE(task$far)) tempdir() else ""

probe_worker <- function(task) {
    host <- Sys.info()[["nodename"]]
    cant <- function(...) {
        raise_error("worker", paste0("a worker on ", host, " ", ...))
    }
    version <- as.character(utils::packageVersion("clustcr"))
    if (version != task$version) {
        cant("must have clustcr ", task$version, ", not ", version)
    }
    for (probe in task$probes) {
        seen <- tryCatch(suppressWarnings(readLines(probe)),
            error = function(e) "")
        if (!identical(seen, task$token)) {
            cant("must see '", dirname(probe), "', but does not: name a ",
                "folder on a file system that all workers share")
        }
        own <- paste0(probe, "-", cpp_new_identifier())
        made <- tryCatch({
            cpp_file_create(own)
            unlink(own)
            TRUE
        }, clustcr_error = function(e) FALSE)
        if (!made) cant("must be able to write to '", dirname(probe), "'")
    }
    hidden <- task$files[!file.exists(task$files)]
    if (length(hidden)) cant("must see all files; not ", name_some(hidden))
    other <- task$files[file.size(task$files) != task$sizes]
    if (length(other)) {
        cant("sees other files where the caller has ", name_some(other))
    }
    list(host = host, memory = granted_memory() / task$share,
        threads = task_threads(task))
}

# What is sent: it must find the package where the caller has it. `more`: what
# `what` takes besides its task.
at_worker <- function(what, more = list()) {
    send <- function(task) NULL
    body(send) <- substitute({
        more <- setdiff(LIBRARIES[dir.exists(LIBRARIES)], .libPaths())
        if (length(more)) .libPaths(c(more, .libPaths()))
        do.call(utils::getFromNamespace(WHAT, "clustcr"), c(list(task), MORE))
    }, list(LIBRARIES = .libPaths(), WHAT = what, MORE = more))
    environment(send) <- baseenv()
    send
}

register("task", "probe", probe_worker)

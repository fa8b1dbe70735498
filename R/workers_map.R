# Tasks handed out, done again where their worker ended, and their values.

# Hands tasks out to workers that are up; `arrived(answer)` for each that comes
# back. Returns the error of the engine itself, or NULL.
hand_out <- function(engine, tasks, arrived) UseMethod("hand_out")

# So many times in a row no answer at all: it is not a worker that fails, but
# what it is to do.
fruitless_attempts <- 3L

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
    }
    raise_worker_errors(values)
    values
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

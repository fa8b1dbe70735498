# Runs faults one after the other in this process, which has fault_shim.so
# preloaded. A line for each: kind, call, calls failed, what came of it.
#
#   Rscript child.R SHIM FOLDER BORDERS SEED CASES
#
# CASES faults are drawn from all calls and kinds, or all are tried ("all").
library(clustcr)
arguments <- commandArgs(TRUE)
shim <- dyn.load(arguments[1])
folder <- arguments[2]
borders <- arguments[3]
set.seed(as.integer(arguments[4]))
cases <- arguments[5]

arm <- function(at, kind) {
    .C("fault_arm", as.integer(at), as.character(kind), folder,
        PACKAGE = shim[["name"]])
    invisible()
}
state <- function() {
    stats::setNames(
        .C("fault_state", 0L, 0L, PACKAGE = shim[["name"]]),
        c("calls", "failed")
    )
}

# A few hundred sequences in which about every second one has neighbours.
residues <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
parents <- replicate(60, paste(sample(residues, 12, TRUE), collapse = ""))
children <- unlist(lapply(parents, function(parent) {
    replicate(4, {
        at <- sample(12, 1)
        substr(parent, at, at) <- sample(residues, 1)
        parent
    })
}))
everything <- sample(c(parents, children))
parts <- split(everything, rep_len(1:3, length(everything)))
names(parts) <- c("one", "two", "three")

new_run <- function() {
    Clustering(
        faiss_training_data = everything, faiss_cluster_size = 60,
        borders = borders, directory = folder, n_cpus = 2
    )
}

# `progress` is an environment: what the calls that returned have done.
add_parts <- function(run, progress) {
    for (name in setdiff(names(parts), progress$names)) {
        progress$trying <- name
        run$batch_precluster(parts[[name]], name)
        progress$names <- c(progress$names, name)
    }
}
collect <- function(run, progress) {
    while (!is.null(clusters <- run$batch_cluster())) {
        progress$table <- rbind(progress$table, clusters)
    }
}
run_all <- function(progress) {
    progress$run <- new_run()
    add_parts(progress$run, progress)
    collect(progress$run, progress)
}

sorted_table <- function(table) {
    table <- unique(table)
    table <- table[order(table$cluster, table$junction_aa, method = "radix"), ]
    rownames(table) <- NULL
    table
}

wipe <- function() {
    arm(0, "")
    unlink(folder, recursive = TRUE)
}

# The user goes on with the same object, or a new one resumes.
go_on <- function(progress, resume) {
    stored <- file.exists(file.path(folder, "clustcr.dcf"))
    if (resume || is.null(progress$run)) {
        progress$run <- if (stored) suppressMessages(
            Clustering(directory = folder)
        ) else
            new_run()
    }
    seen <- if (stored) progress$run$batches()$repertoire_id else character()
    # The batch that failed is in wholly or not at all; the others are in.
    if (!identical(seen, progress$names) &&
        !identical(seen, c(progress$names, progress$trying))) {
        stop("batches are ", toString(seen), ", not ",
            toString(progress$names))
    }
    if (stored) {
        rows <- progress$run$batches()$rows
        if (!identical(rows, as.numeric(lengths(parts[seen])))) {
            stop("rows of batches are ", toString(rows))
        }
    }
    progress$names <- seen
    add_parts(progress$run, progress)
    collect(progress$run, progress)
    progress$run$batches()
}

one_case <- function(at, kind, resume, expected) {
    wipe()
    progress <- new.env()
    progress$table <- NULL
    progress$names <- character()
    arm(at, kind)
    outcome <- tryCatch({
        run_all(progress)
        "no error"
    }, clustcr_error = function(e) class(e)[1], error = function(e) {
        paste("UNTYPED", toString(class(e)), conditionMessage(e))
    })
    failed <- state()$failed
    arm(0, "")
    if (startsWith(outcome, "UNTYPED")) return(c(failed, outcome))
    problem <- tryCatch({
        go_on(progress, resume)
        if (identical(sorted_table(progress$table), expected)) "" else
            "OTHER CLUSTERS"
    }, error = function(e) paste("NOT RESUMED", conditionMessage(e)))
    if (!nzchar(problem)) problem <- faulty_cleanup(progress$run, at, kind)
    c(failed, if (nzchar(problem)) paste(outcome, "then", problem) else outcome)
}

# A removal that failed can be done again, and leaves nothing.
faulty_cleanup <- function(run, at, kind) {
    arm(at %% 60, kind)
    problem <- tryCatch({
        run$batch_cleanup()
        ""
    }, clustcr_error = function(e) "", error = function(e) {
        paste("UNTYPED", conditionMessage(e))
    })
    arm(0, "")
    if (!nzchar(problem)) problem <- tryCatch({
        run$batch_cleanup()
        left <- list.files(folder, all.files = TRUE, no.. = TRUE)
        if (length(left)) paste("LEFT", toString(left)) else ""
    }, error = function(e) paste("NOT REMOVED", conditionMessage(e)))
    problem
}

undisturbed <- new.env()
wipe()
run_all(undisturbed)
expected <- sorted_table(undisturbed$table)
stopifnot(nrow(expected) > 50, length(unique(expected$precluster)) > 2)

wipe()
arm(-1, "")
run_all(new.env())
calls <- state()$calls
kinds <- c("enospc", "full", "eio", "broken", "eintr", "short", "shorter")
todo <- expand.grid(at = seq_len(calls), kind = kinds,
    stringsAsFactors = FALSE)
if (cases != "all") todo <- todo[sample(nrow(todo), as.integer(cases)), ]
cat("calls", calls, "\n")
for (i in seq_len(nrow(todo))) {
    cat(todo$kind[i], todo$at[i], "")
    result <- one_case(todo$at[i], todo$kind[i], i %% 2 == 0, expected)
    cat(result, "\n")
}
wipe()
cat("end\n")

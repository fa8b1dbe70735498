# What workers do with a store: stage a file, make a slice of the join or a
# unit, call a function of the user on a unit's clusters.

# The store of a task, kept open for the next: a quantizer takes long to make.
worker_state <- new.env()

task_store <- function(task) {
    kept <- worker_state$store
    # An external pointer does not outlive a fork's parent in good order.
    if (!is.null(kept) && identical(kept$directory, task$directory) &&
        identical(kept$id, task$store_id) && kept$pid == Sys.getpid()) {
        cpp_store_check_identity(kept$pointer)
        return(kept)
    }
    if (!cpp_store_exists(task$directory)) {
        raise_error("gone", paste0("the store in '", task$directory,
            "' is gone"))
    }
    pointer <- open_store(task$directory)
    about <- cpp_store_describe(pointer)
    if (about$id != task$store_id) {
        raise_error("gone", paste0("the store in '", task$directory,
            "' was made anew"))
    }
    worker_state$store <- list(
        directory = task$directory, id = about$id, pid = Sys.getpid(),
        pointer = pointer,
        state = parameters_from_text(about$parameters, task$directory)
    )
    worker_state$store
}

# Stages a file: the batches it makes (several where it is read in parts), and
# what was counted of each. Of one that can't be read nothing stays.
stage_file <- function(task) {
    kept <- task_store(task)
    state <- as.list(kept$state)
    state$invalid <- task$invalid
    # Of a chain, where the store has that of a pair.
    state["max_sequence_size"] <- list(task$max_sequence_size)
    state[c("v_distance", "ambiguous_genes")] <-
        task[c("v_distance", "ambiguous_genes")]
    threads <- task_threads(task)
    keys <- character()
    counts <- list()
    other_v_genes <- character()
    rows <- without_v_call <- 0
    add <- function(table) {
        source <- receptor_source(table, state, "files")
        if (state$invalid == "error") {
            refuse_invalid_source(source, state, "files")
        }
        other_v_genes <<- union(other_v_genes, source$other_v_genes)
        key <- paste0(task$key, "_", length(keys) + 1L)
        keys <<- c(keys, key)
        found <- cpp_store_stage(
            kept$pointer, key, task$name, source$n, source$fetch,
            source$skipped, is_paired(state$chain), threads
        )
        counts[[length(keys)]] <<- add_counts(found, source$skipped)
        rows <<- rows + count_read(table)
        without_v_call <<- without_v_call + count_without_v_call(table)
    }
    done <- FALSE
    on.exit(if (!done) for (key in keys) {
        cpp_store_remove_staged(kept$pointer, key)
    })
    before <- staged_before(kept$pointer, task$note)
    if (!is.null(before)) return(before)
    check <- if (!is.null(task$note)) file_check(task$file)
    said <- read_in_parts(task$file, task$reading, task$chunk, add,
        held = TRUE, unseen = TRUE, threads = threads)
    said <- c(said, other_v_genes_note(other_v_genes))
    staged <- c(list(keys = keys, counts = counts, said = said, rows = rows,
        without_v_call = without_v_call), check)
    done <- TRUE
    if (!is.null(task$note)) {
        write_data(staged, task$note, "staged file")
    }
    staged
}

# What a call that was killed has staged of the file already: its answer was
# noted when all of it was.
staged_before <- function(store, note) {
    if (is.null(note) || !file.exists(note)) return(NULL)
    staged <- tryCatch(read_data(note, "staged file"),
        clustcr_error = function(e) NULL)
    if (!is_staged_note(staged)) return(NULL)
    there <- vapply(staged$keys, function(key) cpp_store_is_staged(store, key),
        NA)
    if (length(there) && all(there)) staged
}

is_staged_note <- function(x) {
    is_count <- function(x) {
        is.numeric(x) && length(x) == 1L && isTRUE(x >= 0)
    }
    is_text <- function(x) is.character(x) && length(x) == 1L && !is.na(x)
    is.list(x) && is.character(x$keys) &&
        all(grepl("^[0-9a-f]{32}_[0-9]+$", x$keys)) && is.list(x$counts) &&
        length(x$counts) == length(x$keys) &&
        all(vapply(x$counts, is.numeric, NA)) && is_count(x$rows) &&
        is_count(x$without_v_call) && is_text(x$size) && is_text(x$check) &&
        is.character(x$said) && length(x$said) && !anyNA(x$said)
}

join_slice <- function(task) {
    kept <- task_store(task)
    cpp_run_join_slice(
        kept$pointer, task$run, task$work_directory, task$slice, task$slices,
        task_scratch(task), task_threads(task)
    )
    NULL
}

# The run of a task, of its store.
task_run <- function(task, kept = task_store(task)) {
    cpp_run_look(kept$pointer, task$run, task$work_directory)
}

# c(clusters, rows)
finish_unit <- function(task) {
    cpp_run_finish_unit(task_run(task), task$unit, task_scratch(task),
        task_threads(task))
}

# What the caller's function makes of the clusters of a unit.
call_on_unit <- function(task) {
    kept <- task_store(task)
    batch <- unit_clusters(
        task_run(task, kept), task$unit, task$first_cluster, task$columns,
        kept$state$chain, task$with_matrix, task_threads(task)
    )
    do.call(task$FUN, c(list(batch$table), task$more))
}

register("task", "file", stage_file)
register("task", "slice", join_slice)
register("task", "unit", finish_unit)
register("task", "call", call_on_unit)

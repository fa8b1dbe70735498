# Files to batches, by one process or by several workers at once. Workers stage
# their batches beside the store; this session adds them in the order of the
# files, so that the store is the same, byte for byte.

precluster_files <- function(self, files, names, reading, BPPARAM, BPREDO,
                             wait, n_cpus) {
    state <- self$state
    files <- check_files(files)
    names <- check_batch_names(names, files)
    wait <- check_number(wait, "wait", 0)
    if (length(BPREDO) && length(BPREDO) != length(files)) {
        bad_argument("`BPREDO` must have a value for each of `files` (",
            length(files), "), as an error's attribute \"result\" has, not ",
            length(BPREDO))
    }
    reading <- reading_of_files(reading, state$chain)
    engine <- if (!is.null(BPPARAM)) new_engine(BPPARAM, n_cpus)
    # BiocParallel draws seeds for its workers.
    withr::local_preserve_seed()
    ready_for_batches(self)
    store <- store_pointer(self, create = TRUE)
    inside <- intersect(names, cpp_store_batches(store)$name)
    if (length(inside)) {
        raise_error("duplicate_batch", paste0(
            "each of `names` must be a new one; ", name_some(inside),
            if (length(inside) == 1L) " is" else " are",
            " in the store already"
        ))
    }
    chunks <- lapply(files, cohort_chunk, NULL, state$chain,
        state$memory_limit)
    if (is.null(engine)) {
        said <- lapply(seq_along(files), function(i) {
            add_file_wholly(self, files[i], names[i], reading, chunks[[i]],
                wait = wait)$said
        })
        return(tell_of_files(said, files))
    }
    stop_workers <- start_workers(engine)
    on.exit(stop_workers())
    # Each is read by another process, and perhaps twice.
    spooled <- spool_pipes(files)
    on.exit(unlink(spooled$temporary), add = TRUE)
    check_workers(engine, state$directory, spooled$paths)
    session <- basename(tempfile(""))
    tasks <- lapply(seq_along(files), function(i) {
        file_task(state, spooled$paths[i], names[i], reading, chunks[[i]],
            staging_key(session, i, files[i]))
    })
    staged <- engine_map(engine, tasks, "Preclustering", BPREDO)
    for (i in seq_along(files)) add_staged_file(self, names[i], staged[[i]],
        wait = wait)
    tell_of_files(lapply(staged, `[[`, "said"), files)
}

tell_of_files <- function(said, files) {
    told <- said_together(stats::setNames(said, files))
    inform("read", "Read ", count_text(length(files), "file"), ".",
        paste0(" ", told, recycle0 = TRUE, collapse = ""))
}

check_files <- function(files) {
    if (!is.character(files) || !length(files) || anyNA(files) ||
        !all(nzchar(files))) {
        bad_argument("`files` must be paths of files, not ", given(files))
    }
    files <- local_files(files)
    gone <- files[!file.exists(files) | dir.exists(files)]
    if (length(gone)) {
        bad_argument("`files` must name files that are there; not ",
            name_some(gone))
    }
    vapply(files, absolute_path, "", "files", USE.NAMES = FALSE)
}

check_batch_names <- function(names, files) {
    if (is.null(names)) names <- ids_of_files(files)
    if (!is.character(names) || length(names) != length(files) ||
        anyNA(names) || !all(nzchar(names)) || anyDuplicated(names)) {
        bad_argument("`names` must be a name for each of `files` (",
            length(files), "), all different, not ", given(names))
    }
    check_names(unname(names), "names")
}

reading_of_files <- function(reading, chain) {
    known <- parameters_of(level = "reading")
    refuse_arguments(reading, "batch_precluster_files()", known, c("files",
        "names", "BPPARAM", "BPREDO", "wait", "n_cpus"))
    utils::modifyList(list(locus = loci_of_chain(chain)), reading,
        keep.null = TRUE)
}

# A name that is the same for the same file of the same call.
staging_key <- function(...) {
    cpp_md5(charToRaw(paste0(enc2utf8(c(...)), "\n", collapse = "")))
}

file_task <- function(state, file, name, reading, chunk, key, note = NULL) {
    list(
        what = "file", about = file, directory = state$directory,
        store_id = state$store_id, file = file, name = name,
        reading = reading, chunk = chunk, key = key, note = note,
        invalid = state$invalid, v_distance = state$v_distance,
        ambiguous_genes = state$ambiguous_genes,
        max_sequence_size = state$max_sequence_size
    )
}

# Puts a file into the store, all of it or nothing: what is read in parts waits
# beside the store until the last one is read. Gives what stage_file() does.
# `check()` is asked before anything is written.
add_file_wholly <- function(self, file, name, reading, chunk, replace = FALSE,
                            wait = 10, check = function() NULL) {
    if (is.null(chunk)) {
        return(add_at_once(self, file, name, reading, replace, wait, check))
    }
    check()
    store_pointer(self, create = TRUE)
    key <- staging_key(basename(tempfile("")), name)
    task <- file_task(self$state, file, name, reading, chunk, key)
    # The next may be of another store.
    on.exit(worker_state$store <- NULL)
    staged <- stage_file(c(task, share = 1L,
        threads = check_threads(self$state$n_cpus)))
    add_staged_file(self, name, staged, replace, wait)
    staged
}

add_at_once <- function(self, file, name, reading, replace, wait, check) {
    found <- list()
    said <- read_in_parts(file, reading, NULL, function(table) {
        found <<- add_table(self, table, name, replace, wait, check)
    }, held = TRUE, threads = check_threads(self$state$n_cpus))
    c(list(said = said), found)
}

# What was read of a file, all of it.
add_table <- function(self, table, name, replace, wait = 10,
                      check = function() NULL) {
    check()
    self$batch_precluster(table, name, replace = replace, wait = wait)
    list(rows = count_read(table), without_v_call = count_without_v_call(table))
}

# Puts what a worker has staged of a file into the store.
add_staged_file <- function(self, name, staged, replace = FALSE, wait = 10) {
    store <- store_pointer(self)
    for (part in seq_along(staged$keys)) {
        on_duplicate <- if (part > 1L) 1L else if (replace) 2L else 0L
        cpp_store_add_staged(store, staged$keys[part], on_duplicate, wait)
        counts <- staged$counts[[part]]
        report_skipped(counts, given(name))
        warn_of_size(self, counts)
    }
}

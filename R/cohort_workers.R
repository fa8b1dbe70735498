# The files of a cohort by several workers at once: each stages what it reads
# beside the store, and this session adds it in the order of the sheet. What was
# staged when a call was killed is noted in cohort/, and not read again.

# Joining and clustering share one stage.
cohort_engine <- function(job, BPPARAM, n_cpus) {
    new_engine(BPPARAM, n_cpus, job$progress$say, function(label, n) {
        function(done) {
            share <- done / n
            switch(label,
                Training = , Reading = job$progress$step(label, share),
                Joining = job$progress$step("Clustering", 0.3 * share),
                Clustering = job$progress$step("Clustering",
                    0.3 + 0.7 * share))
        }
    })
}

read_with_workers <- function(job, todo) {
    state <- job$clustering$state
    check_cohort_folder(job$directory)
    store_pointer(job$clustering, create = TRUE)
    rows <- lapply(todo, function(i) {
        c(as.list(job$sheet[i, c("repertoire_id", "file")]),
            path = job$paths[i])
    })
    keys <- lapply(rows, function(row) {
        tryCatch(cohort_key(job, row), error = identity)
    })
    tasks <- Map(function(row, key) {
        if (inherits(key, "error")) return(NULL)
        file_task(state, row$path, row$repertoire_id, reading_of_row(job, row),
            chunk_of(job, row$path), key,
            note = cohort_path(job$directory, paste0("staged-", key, ".txt")))
    }, rows, keys)
    staged <- answers_of_files(job, tasks)
    for (k in seq_along(todo)) {
        with_file(job, todo[k], function(row) {
            if (inherits(keys[[k]], "error")) stop(keys[[k]])
            add_staged_row(job, row, staged[[k]], tasks[[k]]$note)
        })
    }
}

# The answers of workers, errors in the places of files that could not be read:
# what is done with those, `on_error` says.
answers_of_files <- function(job, tasks, label = "Reading") {
    staged <- vector("list", length(tasks))
    there <- !vapply(tasks, is.null, NA)
    if (!any(there)) return(staged)
    staged[there] <- tryCatch(
        engine_map(job$engine, tasks[there], label),
        bplist_error = function(e) {
            if (inherits(e, "clustcr_error_worker")) stop(e)
            attr(e, "result")
        }
    )
    staged
}

add_staged_row <- function(job, row, staged, note) {
    if (inherits(staged, "error")) stop(staged)
    suppressMessages(
        add_staged_file(job$clustering, row$repertoire_id, staged,
            replace = row$repertoire_id %in% job$names, wait = job$wait),
        classes = "clustcr_message_skipped"
    )
    job$columns[[row$file]] <- staged$said
    file_is_in(job, row, staged[c("size", "check")], staged$rows,
        staged$without_v_call)
    unlink(note)
}

# What a file's batch is made of.
cohort_key <- function(job, row) {
    if (!file.exists(row$path)) no_such_file(row$file)
    check <- file_check(row$path)
    staging_key(row$repertoire_id, row$file, check$size, check$check,
        job$clustering$state$store_id, deparse(job$reading),
        format(chunk_of(job, row$path)))
}
